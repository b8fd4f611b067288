"""What the platform sends, by id."""

from __future__ import annotations

import datetime as dt

from gridloop.fleet.jt808.frames import Edition
from gridloop.fleet.jt808.kinds import U8, U16, U32, LongText, Raw, Text, Time
from gridloop.fleet.jt808.records import Confidence, Field, Listed, Record, When
from gridloop.fleet.jt808.tables import meanings as m
from gridloop.fleet.jt808.tables.entry import Entry
from gridloop.fleet.jt808.tables.shapes import (
    CIRCLE,
    COUNTED_PARAMETERS,
    IDS,
    MOMENT,
    POLYGON,
    RECTANGLE,
    RESEND,
    ROUTE,
    SERIAL,
)
from gridloop.fleet.jt808.tables.up import PASSED_ON, RSA

V2013, V2019 = Edition.V2013, Edition.V2019
COMPARED, MEMORY = Confidence.COMPARED, Confidence.MEMORY
ACK = Record(SERIAL, Field("acked_id", U16, "应答 ID"), Field("result", U8, "结果", words=m.PLATFORM_RESULT))
REGISTERED = Record(
    SERIAL,
    Field("result", U8, "结果", words=m.REGISTER_RESULT),
    Field("code", Text(), "鉴权码", when=When("result", equals=0)),
)
CONTROL = Record(
    Field("command", U8, "命令字", "1 upgrade, 2 other server, 3 off, 4 reset, 5 factory, 6 no data, 7 no radio"),
    Field("parameters", Text(), "命令参数", "parted by semicolons"),
)
UPGRADE = Record(
    Field("kind", U8, "升级类型", "0 terminal, 12 IC reader, 52 BeiDou module"),
    Field("maker", Text(5), "制造商 ID"),
    Field("version", LongText(U8), "版本号"),
    Field("data", Raw(length=U32), "升级数据包"),
)
TRACK = Record(
    Field("interval", U16, "时间间隔", "s; 0 stops"),
    Field("lasts", U32, "位置跟踪有效期", "s", when=When("interval", unequal=0)),
)
TEXT = Record(
    Field("flags", U8, "标志", bits=m.TEXT_FLAGS),
    Field("kind", U8, "文本类型", "1 notice, 2 service", since=V2019),
    Field("text", Text(), "文本信息", "at most 1,024 bytes"),
)
EVENT = Record(
    Field("id", U8, "事件 ID"),
    Field("text", LongText(U8), "事件内容", when=When("action", unequal=4), sure=MEMORY),
)
ACTION = Field("action", U8, "设置类型", words=m.SET_ACTION)
QUESTION = Record(
    Field("flags", U8, "标志", bits=m.TEXT_FLAGS),
    Field("question", LongText(U8), "问题"),
    Field("answers", Listed(Record(Field("id", U8, "答案 ID"), Field("text", LongText(U16), "答案内容"))), "候选答案"),
)
MENU_LINE = Record(Field("kind", U8, "信息类型"), Field("name", LongText(U16), "信息名称"))
CONTACT = Record(
    Field("kind", U8, "标志", "1 calls in, 2 calls out, 3 both"),
    Field("phone", LongText(U8), "电话号码"),
    Field("name", LongText(U8), "联系人"),
)
VEHICLE_CONTROL = Record(
    Field("flags", U8, "控制标志", "bit 0: 0 unlock, 1 lock the doors", until=V2013),
    Field(
        "controls",
        Listed(Record(Field("id", U16, "控制 ID", "1: door"), Field("value", U8, "控制参数")), count=U16),
        "控制类型",
        since=V2019,
    ),
)
AREA_ACTION = Field("action", U8, "设置属性", words=m.AREA_ACTION)
SNAPSHOT = Record(
    Field("channel", U8, "通道 ID", "from 1"),
    Field("command", U16, "拍摄命令", "0 stop, 0xffff record, else number of pictures"),
    Field("interval", U16, "拍照间隔/录像时间", "s"),
    Field("store", U8, "保存标志", "1 keep, 0 upload"),
    Field("resolution", U8, "分辨率", "1 320x240, 2 640x480, 3 800x600, 4 1024x768, 5 QCIF, 6 CIF, 7 HALF D1, 8 D1"),
    Field("quality", U8, "图像/视频质量", "1 best to 10"),
    Field("brightness", U8, "亮度"),
    Field("contrast", U8, "对比度"),
    Field("saturation", U8, "饱和度"),
    Field("hue", U8, "色度"),
)
SEARCH = (
    Field("kind", U8, "多媒体类型", words=m.MEDIA),
    Field("channel", U8, "通道 ID", "0: all"),
    Field("event", U8, "事件项编码", words=m.MEDIA_EVENT),
    Field("start", MOMENT, "起始时间"),
    Field("end", MOMENT, "结束时间"),
)
DELETE = Field("delete", U8, "删除标志", words=m.KEEP)
RECORD_AUDIO = Record(
    Field("command", U8, "录音命令", "0 stop, 1 start"),
    Field("lasts", U16, "录音时间", "s; 0: until stopped"),
    Field("store", U8, "保存标志", "1 keep, 0 upload"),
    Field("sampling", U8, "音频采样率", "0 8k, 1 11k, 2 23k, 3 32k"),
)
RECORDER = Record(Field("command", U8, "命令字", "GB/T 19056"), Field("data", Raw(), "数据块"))
DOWN = (
    Entry(0x8001, "down", "platform general ack", "平台通用应答", ACK),
    Entry(0x8003, "down", "platform asks resend of packets", "补传分包请求", RESEND, sure=COMPARED),
    Entry(
        0x8004,
        "down",
        "server time",
        "查询服务器时间应答",
        Record(Field("time", Time(zone=dt.UTC), "服务器时间", "UTC, unlike all other times")),
        since=V2019,
        sure=COMPARED,
    ),
    Entry(0x8100, "down", "register answer", "终端注册应答", REGISTERED),
    Entry(
        0x8103, "down", "set parameters", "设置终端参数", Record(Field("parameters", COUNTED_PARAMETERS, "参数项列表"))
    ),
    Entry(0x8104, "down", "query all parameters", "查询终端参数"),
    Entry(0x8105, "down", "terminal control", "终端控制", CONTROL, sure=COMPARED),
    Entry(
        0x8106,
        "down",
        "query given parameters",
        "查询指定终端参数",
        Record(Field("ids", Listed(U32, count=U8), "参数 ID 列表")),
        sure=COMPARED,
    ),
    Entry(0x8107, "down", "query attributes", "查询终端属性"),
    Entry(0x8108, "down", "send upgrade", "下发终端升级包", UPGRADE, sure=COMPARED),
    Entry(0x8201, "down", "query position", "位置信息查询"),
    Entry(0x8202, "down", "temporary tracking", "临时位置跟踪控制", TRACK),
    Entry(
        0x8203,
        "down",
        "confirm alarm by hand",
        "人工确认报警消息",
        Record(
            Field("alarm_serial", U16, "报警消息流水号", "0: all of the kind"),
            Field("kinds", U32, "人工确认报警类型", bits=m.ALARM),
        ),
    ),
    Entry(0x8204, "down", "link check", "链路检测", since=V2019),
    Entry(0x8300, "down", "text", "文本信息下发", TEXT),
    Entry(
        0x8301,
        "down",
        "set events",
        "事件设置",
        Record(ACTION, Field("events", Listed(EVENT, count=U8), "事件项", optional=True)),
        until=V2013,
        sure=COMPARED,
    ),
    Entry(0x8302, "down", "question", "提问下发", QUESTION, until=V2013, sure=COMPARED),
    Entry(
        0x8303,
        "down",
        "set information menu",
        "信息点播菜单设置",
        Record(ACTION, Field("lines", Listed(MENU_LINE, count=U8), "信息项", optional=True)),
        until=V2013,
        sure=COMPARED,
    ),
    Entry(
        0x8304,
        "down",
        "information service",
        "信息服务",
        Record(Field("kind", U8, "信息类型"), Field("text", LongText(U16), "信息内容")),
        until=V2013,
        sure=COMPARED,
    ),
    Entry(
        0x8400,
        "down",
        "call back",
        "电话回拨",
        Record(Field("kind", U8, "标志", "0 talk, 1 listen"), Field("phone", Text(), "电话号码", "at most 20 bytes")),
        sure=COMPARED,
    ),
    Entry(
        0x8401,
        "down",
        "phone book",
        "设置电话本",
        Record(ACTION, Field("contacts", Listed(CONTACT, count=U8), "联系人项", optional=True)),
        sure=COMPARED,
    ),
    Entry(0x8500, "down", "vehicle control", "车辆控制", VEHICLE_CONTROL),
    Entry(
        0x8600,
        "down",
        "set circles",
        "设置圆形区域",
        Record(AREA_ACTION, Field("areas", Listed(CIRCLE, count=U8), "区域项")),
    ),
    Entry(0x8601, "down", "delete circles", "删除圆形区域", IDS, sure=COMPARED),
    Entry(
        0x8602,
        "down",
        "set rectangles",
        "设置矩形区域",
        Record(AREA_ACTION, Field("areas", Listed(RECTANGLE, count=U8), "区域项")),
    ),
    Entry(0x8603, "down", "delete rectangles", "删除矩形区域", IDS, sure=COMPARED),
    Entry(0x8604, "down", "set polygon", "设置多边形区域", POLYGON),
    Entry(0x8605, "down", "delete polygons", "删除多边形区域", IDS, sure=COMPARED),
    Entry(0x8606, "down", "set route", "设置路线", ROUTE, sure=COMPARED),
    Entry(0x8607, "down", "delete routes", "删除路线", IDS, sure=COMPARED),
    Entry(
        0x8608,
        "down",
        "query areas or routes",
        "查询区域或线路数据",
        Record(
            Field("kind", U8, "查询类型", words=m.PLACE_KIND),
            Field("ids", Listed(U32, count=U32), "区域或线路 ID", "an empty list means all"),
        ),
        since=V2019,
        sure=COMPARED,
    ),
    Entry(0x8700, "down", "recorder command", "行驶记录数据采集命令", RECORDER, sure=MEMORY),
    Entry(0x8701, "down", "recorder parameters", "行驶记录参数下传命令", RECORDER, sure=COMPARED),
    Entry(0x8702, "down", "ask driver identity", "上报驾驶员身份信息请求"),
    Entry(
        0x8800,
        "down",
        "multimedia ack",
        "多媒体数据上传应答",
        Record(
            Field("media", U32, "多媒体 ID"),
            Field("parts", Listed(U16, count=U8), "重传包 ID 列表", "left out where all came", optional=True),
        ),
        sure=COMPARED,
    ),
    Entry(0x8801, "down", "snapshot", "摄像头立即拍摄命令", SNAPSHOT),
    Entry(0x8802, "down", "stored media query", "存储多媒体数据检索", Record(*SEARCH), sure=COMPARED),
    Entry(0x8803, "down", "stored media upload", "存储多媒体数据上传命令", Record(*SEARCH, DELETE), sure=COMPARED),
    Entry(0x8804, "down", "record audio", "录音开始命令", RECORD_AUDIO, sure=COMPARED),
    Entry(
        0x8805,
        "down",
        "upload one media",
        "单条存储多媒体数据检索上传命令",
        Record(Field("media", U32, "多媒体 ID"), DELETE),
        sure=COMPARED,
    ),
    Entry(0x8900, "down", "passed on downwards", "数据下行透传", PASSED_ON, sure=COMPARED),
    Entry(0x8A00, "down", "platform's RSA key", "平台 RSA 公钥", RSA, sure=COMPARED),
)
