"""Records that several messages share: vehicles, positions, warnings."""

from __future__ import annotations

from gridloop.fleet.jt808.frames import Edition
from gridloop.fleet.jt808.kinds import LATITUDE, LONGITUDE, U8, U16, U32, U64, LongText, Text
from gridloop.fleet.jt808.records import CountOf, Field, Listed, Record, Sized, Words
from gridloop.fleet.jt808.tables import meanings as terminal
from gridloop.fleet.jt808.tables.shapes import POSITION
from gridloop.fleet.jt809.kinds import GnssTime

V2011, V2019 = Edition.V2011, Edition.V2019
PLATE = Field("plate", Text(21), "车辆号牌")
COLOUR = Field("plate_colour", U8, "车辆颜色", words=terminal.PLATE_COLOUR)
ENCRYPTED = Field("encrypted", U8, "是否使用国家测绘局批准的地图保密插件加密", "1: the coordinates are shifted")
POSITION_2011 = (
    Field("time", GnssTime(), "日期时间", until=V2011),
    Field("longitude", LONGITUDE, "经度", "1e-6 degree", until=V2011),
    Field("latitude", LATITUDE, "纬度", "1e-6 degree", until=V2011),
    Field("speed", U16, "速度", "km/h", until=V2011),
    Field("recorder_speed", U16, "行驶记录速度", "km/h", until=V2011),
    Field("mileage", U32, "车辆当前总里程数", "km", until=V2011),
    Field("heading", U16, "方向", "0-359, north 0, clockwise", until=V2011),
    Field("altitude", U16, "海拔高度", "m", until=V2011),
    Field("status", U32, "车辆状态", bits=terminal.STATUS, until=V2011),
    Field("alarm", U32, "报警状态", bits=terminal.ALARM, until=V2011),
)
POSITION_2019 = (
    Field("gnss", Sized(U32, POSITION), "车辆定位信息", "body of JT/T 808 0x0200", since=V2019),
    Field("platform1", Text(11), "监控平台唯一编码", since=V2019),
    Field("alarm1", U32, "报警状态 1", since=V2019),
    Field("platform2", Text(11), "市级监控平台唯一编码", since=V2019),
    Field("alarm2", U32, "报警状态 2", since=V2019),
    Field("platform3", Text(11), "省级监控平台唯一编码", since=V2019),
    Field("alarm3", U32, "报警状态 3", since=V2019),
)
WHERE = Record(ENCRYPTED, *POSITION_2011, *POSITION_2019)
POSITIONS = Record(
    Field("count", CountOf(U8, "items"), "卫星定位数据个数"),
    Field("items", Listed(WHERE, counted_by="count"), "卫星定位数据"),
)
SPAN = Record(Field("start", U64, "开始时间", "s since 1970 UTC"), Field("end", U64, "结束时间", "s since 1970 UTC"))
DRIVER = Record(
    Field("name", Text(16), "驾驶员姓名"),
    Field("id_number", Text(20), "身份证编号"),
    Field("qualification", Text(40), "从业资格证号"),
    Field("issuer", Text(200), "发证机构名称"),
)
WAYBILL = Record(Field("text", LongText(U32), "电子运单数据内容"))
CAR = Record(Field("text", Text(), "车辆信息", "KEY:=VALUE pairs parted by semicolons"))
RESULT_DONE: Words = {0: ("done", "成功"), 1: ("failed", "失败")}
REASON_CODE = Field("reason", U8, "错误或原因代码")
WARNING = (
    Field("source", U8, "报警信息来源", words={1: ("terminal", "车载终端"), 2: ("platform", "企业监控平台"), 3: ("authority", "政府监管平台"), 9: ("other", "其他")}),
    Field("kind", U16, "报警类型", "1 overspeed, 2 fatigue, 3 emergency, 4 entering, 5 leaving, 6 congestion, 7 dangerous road, 8 crossing a border, 9 theft, 10 robbery, 11 off route, 12 illegal movement, 13 overtime, 255 other"),
    Field("at", U64, "报警时间", "s since 1970 UTC"),
)  # fmt: skip
QUESTION = Record(
    Field("object_kind", U8, "查岗对象的类型"),
    Field("object", Text(12), "查岗对象的 ID"),
    Field("info", U32, "信息 ID"),
    Field("text", LongText(U32), "信息内容"),
)
