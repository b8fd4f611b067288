"""The extra items after the 28 bytes of a position, by their id; ids that are not here belong to the maker and stay raw."""

from __future__ import annotations

from gridloop.fleet.jt808.kinds import U8, U16, U32, Raw, Signed
from gridloop.fleet.jt808.records import Confidence, Field, Record, Tag, When
from gridloop.fleet.jt808.tables import meanings as m

OVERSPEED = Record(
    Field("kind", U8, "位置类型", words=m.PLACE_KIND),
    Field("area", U32, "区域或路段 ID", when=When("kind", unequal=0)),
)
CROSSING = Record(
    Field("kind", U8, "位置类型", words=m.PLACE_KIND),
    Field("area", U32, "区域或线路 ID"),
    Field("direction", U8, "方向", words=m.PASSING),
)
SECTION_TIME = Record(
    Field("section", U32, "路段 ID"),
    Field("seconds", U16, "路段行驶时间"),
    Field("result", U8, "结果", words={0: ("too short", "不足"), 1: ("too long", "过长")}),
)
ABNORMAL = Record(
    Field("behaviour", U16, "异常驾驶行为类型", bits=m.ABNORMAL_DRIVING),
    Field("fatigue", U8, "疲劳程度", "0-100; one table of the standard has it, the other has not", optional=True),
)
EXTRA_ITEMS = {
    tag.id: tag
    for tag in (
        Tag(0x01, "mileage", U32, "里程", "0.1 km"),
        Tag(0x02, "fuel", U16, "油量", "0.1 L"),
        Tag(0x03, "recorder_speed", U16, "行驶记录功能获取的速度", "0.1 km/h"),
        Tag(0x04, "alarm_event", U16, "需要人工确认报警事件的 ID", "from 1"),
        Tag(0x05, "tyre_pressure", Raw(30), "胎压", "2019; 0xff: no data"),
        Tag(0x06, "compartment_temperature", Signed(), "车厢温度", "2019; degrees Celsius"),
        Tag(0x11, "overspeed", OVERSPEED, "超速报警附加信息"),
        Tag(0x12, "crossing", CROSSING, "进出区域/路线报警附加信息"),
        Tag(0x13, "section_time", SECTION_TIME, "路段行驶时间不足/过长报警附加信息", "seconds"),
        Tag(0x14, "video_alarm", U32, "视频相关报警", "JT/T 1078", bits=m.VIDEO_ALARM),
        Tag(0x15, "video_lost", U32, "视频信号丢失报警状态", "JT/T 1078; bit 0: channel 1"),
        Tag(0x16, "video_covered", U32, "视频信号遮挡报警状态", "JT/T 1078; bit 0: channel 1"),
        Tag(0x17, "storage_fault", U16, "存储器故障报警状态", "JT/T 1078; bits 0-11 main, 12-15 disaster storage"),
        Tag(0x18, "abnormal_driving", ABNORMAL, "异常驾驶行为报警详细描述", "JT/T 1078"),
        Tag(0x25, "signals", U32, "扩展车辆信号状态位", bits=m.SIGNALS),
        Tag(0x2A, "io", U16, "IO 状态位", bits=m.SLEEP),
        Tag(0x2B, "analogue", U32, "模拟量", "bits 0-15 AD0, 16-31 AD1"),
        Tag(0x30, "signal_strength", U8, "无线通信网络信号强度"),
        Tag(0x31, "satellites", U8, "GNSS 定位卫星数"),
        Tag(0xE0, "custom_length", Raw(), "后续自定义信息长度", "kept raw", sure=Confidence.READ),
    )
}
CUSTOM_FROM = 0xE1  # from here to 0xff: the maker's own
