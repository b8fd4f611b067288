"""What terminals send, by id."""

from __future__ import annotations

from gridloop.fleet.jt808.frames import Edition
from gridloop.fleet.jt808.kinds import U8, U16, U32, Day, Digits, LongText, Raw, Text
from gridloop.fleet.jt808.records import Confidence, CountOf, Field, Listed, Record, Sized, When
from gridloop.fleet.jt808.tables import meanings as m
from gridloop.fleet.jt808.tables.entry import Entry
from gridloop.fleet.jt808.tables.shapes import COUNTED_PARAMETERS, FIXED_POSITION, MOMENT, POSITION, RESEND, SERIAL

V2011, V2013, V2019 = Edition.V2011, Edition.V2013, Edition.V2019
COMPARED, MEMORY = Confidence.COMPARED, Confidence.MEMORY
REGISTER_2013_LEAST = 37  # bytes before the plate; the 2011 body has 25
CARD_IN, CARD_OUT = 1, 2


def _short_registration(body: bytes) -> bool:
    """Too short for the model of twenty bytes."""
    return len(body) < REGISTER_2013_LEAST


def _begins_with_a_name(body: bytes) -> bool:
    """No state of a card but the length of a name: the 2011 body."""
    return bool(body) and body[0] not in {CARD_IN, CARD_OUT}


CARD_IS_IN, CARD_WAS_READ = When("state", equals=CARD_IN), When("card_result", equals=0)
REGISTER = Record(
    Field("province", U16, "省域 ID", "GB/T 2260, digits 1-2"),
    Field("city", U16, "市县域 ID", "GB/T 2260, digits 3-6"),
    Field("maker", Text(5), "制造商 ID", until=V2013),
    Field("maker", Text(11), "制造商 ID", since=V2019),
    Field("model", Text(8), "终端型号", until=V2011, sure=MEMORY),
    Field("model", Text(20), "终端型号", since=V2013, until=V2013),
    Field("model", Text(30), "终端型号", since=V2019),
    Field("terminal_id", Text(7), "终端 ID", until=V2013),
    Field("terminal_id", Text(30), "终端 ID", since=V2019),
    Field("plate_colour", U8, "车牌颜色", words=m.PLATE_COLOUR),
    Field("plate", Text(), "车辆标识", "the VIN where the colour is 0"),
)
AUTHENTICATE = Record(
    Field("code", Text(), "鉴权码", until=V2013),
    Field("code", LongText(U8), "鉴权码", since=V2019),
    Field("imei", Text(15), "终端 IMEI", since=V2019),
    Field("software", Text(20), "软件版本号", since=V2019),
)
ATTRIBUTES = Record(
    Field("kind", U16, "终端类型", bits=m.TERMINAL_KIND),
    Field("maker", Text(5), "制造商 ID"),
    Field("model", Text(20), "终端型号", until=V2013),
    Field("model", Text(30), "终端型号", since=V2019),
    Field("terminal_id", Text(7), "终端 ID", until=V2013),
    Field("terminal_id", Text(30), "终端 ID", since=V2019),
    Field("iccid", Digits(10), "终端 SIM 卡 ICCID"),
    Field("hardware", LongText(U8), "终端硬件版本号"),
    Field("firmware", LongText(U8), "终端固件版本号"),
    Field("gnss", U8, "GNSS 模块属性", bits=m.SATELLITES),
    Field("network", U8, "通信模块属性"),
)
DRIVER = Record(
    Field("name", LongText(U8), "驾驶员姓名", until=V2011, sure=MEMORY),
    Field("id_number", Text(20), "驾驶员身份证编码", until=V2011, sure=MEMORY),
    Field("qualification", Text(40), "从业资格证编码", until=V2011, sure=MEMORY),
    Field("issuer", LongText(U8), "发证机构名称", until=V2011, sure=MEMORY),
    Field("state", U8, "状态", since=V2013, words=m.CARD_STATE),
    Field("time", MOMENT, "时间", since=V2013),
    Field("card_result", U8, "IC 卡读取结果", since=V2013, when=CARD_IS_IN, words=m.CARD_RESULT),
    Field("name", LongText(U8), "驾驶员姓名", since=V2013, when=CARD_WAS_READ),
    Field("qualification", Text(20), "从业资格证编码", since=V2013, when=CARD_WAS_READ),
    Field("issuer", LongText(U8), "发证机构名称", since=V2013, when=CARD_WAS_READ),
    Field("valid_to", Day(), "证件有效期", since=V2013, when=CARD_WAS_READ),
    Field("id_number", Text(20), "驾驶员身份证号", since=V2019, when=CARD_WAS_READ),
)
BATCH = Record(
    Field("count", CountOf(U16, "items"), "数据项个数"),
    Field("kind", U8, "位置数据类型", words=m.BATCH),
    Field("items", Listed(Sized(U16, POSITION), counted_by="count"), "位置汇报数据项"),
)
CAN_FRAME = Record(
    Field("id", U32, "CAN ID", "bit 31 channel, 30 extended, 29 averaged, 0-28 id"), Field("data", Raw(8), "CAN 数据")
)
CAN = Record(
    Field("count", CountOf(U16, "items"), "数据项个数"),
    Field("time", Digits(5), "接收时间", "hhmmss and milliseconds"),
    Field("items", Listed(CAN_FRAME, counted_by="count"), "CAN 总线数据项"),
)
MEDIA = (
    Field("media", U32, "多媒体数据 ID", "from 1"),
    Field("kind", U8, "多媒体类型", words=m.MEDIA),
    Field("format", U8, "多媒体格式编码", words=m.FORMAT),
    Field("event", U8, "事件项编码", words=m.MEDIA_EVENT),
    Field("channel", U8, "通道 ID"),
)
UPLOAD = Record(
    *MEDIA,
    Field("position", FIXED_POSITION, "位置信息", since=V2013),
    Field("data", Raw(), "多媒体数据包"),
)
FOUND = Record(
    Field("media", U32, "多媒体数据 ID"),
    Field("kind", U8, "多媒体类型", words=m.MEDIA),
    Field("channel", U8, "通道 ID"),
    Field("event", U8, "事件项编码", words=m.MEDIA_EVENT),
    Field("position", FIXED_POSITION, "位置信息"),
)
SHOT = Record(
    SERIAL,
    Field(
        "result", U8, "结果", words={0: ("done", "成功"), 1: ("failed", "失败"), 2: ("no such channel", "通道不支持")}
    ),
    Field("media", Listed(U32, count=U16), "多媒体 ID 列表", "left out where nothing was taken", optional=True),
)
UPGRADED = Record(
    Field("kind", U8, "升级类型", "0 terminal, 12 IC reader, 52 BeiDou module"),
    Field("result", U8, "升级结果", words={0: ("done", "成功"), 1: ("failed", "失败"), 2: ("cancelled", "取消")}),
)
ANSWERED_POSITION = Record(SERIAL, Field("position", POSITION, "位置信息汇报消息体"))
PASSED_ON = Record(
    Field("kind", U8, "透传消息类型", "0x00 GNSS, 0x0b IC card, 0x41 and 0x42 serial ports, 0xf0-0xff custom"),
    Field("data", Raw(), "透传消息内容", "the protocol inside stays raw"),
)
RSA = Record(Field("e", U32, "RSA 公钥 e"), Field("n", Raw(128), "RSA 公钥 n"))
ACK = Record(SERIAL, Field("acked_id", U16, "应答 ID"), Field("result", U8, "结果", words=m.RESULT))
ANSWERED_AREAS = Record(
    Field("kind", U8, "查询类型", words=m.PLACE_KIND),
    Field("count", U32, "查询的区域或线路数量"),
    Field("data", Raw(), "查询返回的数据", "in the layouts of 0x8600, 0x8602, 0x8604 or 0x8606; kept raw"),
)
UP = (
    Entry(0x0001, "up", "terminal general ack", "终端通用应答", ACK),
    Entry(0x0002, "up", "heartbeat", "终端心跳"),
    Entry(0x0003, "up", "deregister", "终端注销"),
    Entry(0x0004, "up", "ask server time", "查询服务器时间请求", since=V2019),
    Entry(0x0005, "up", "terminal asks resend of packets", "终端补传分包请求", RESEND, since=V2019, sure=COMPARED),
    Entry(0x0100, "up", "register", "终端注册", REGISTER, is_2011=_short_registration),
    Entry(0x0102, "up", "authenticate", "终端鉴权", AUTHENTICATE),
    Entry(
        0x0104,
        "up",
        "parameters",
        "查询终端参数应答",
        Record(SERIAL, Field("parameters", COUNTED_PARAMETERS, "参数项列表")),
        sure=COMPARED,
    ),
    Entry(0x0107, "up", "attributes", "查询终端属性应答", ATTRIBUTES, sure=COMPARED),
    Entry(0x0108, "up", "upgrade result", "终端升级结果通知", UPGRADED, sure=COMPARED),
    Entry(0x0200, "up", "position", "位置信息汇报", POSITION),
    Entry(0x0201, "up", "answered position", "位置信息查询应答", ANSWERED_POSITION),
    Entry(0x0301, "up", "event", "事件报告", Record(Field("event", U8, "事件 ID")), until=V2013, sure=COMPARED),
    Entry(
        0x0302,
        "up",
        "answer to a question",
        "提问应答",
        Record(SERIAL, Field("answer", U8, "答案 ID")),
        until=V2013,
        sure=COMPARED,
    ),
    Entry(
        0x0303,
        "up",
        "information on demand",
        "信息点播/取消",
        Record(Field("kind", U8, "信息类型"), Field("wanted", U8, "点播/取消标志", "0 cancel, 1 ask")),
        until=V2013,
        sure=COMPARED,
    ),
    Entry(0x0500, "up", "vehicle control answer", "车辆控制应答", ANSWERED_POSITION, sure=COMPARED),
    Entry(
        0x0608, "up", "answered areas or routes", "查询区域或线路数据应答", ANSWERED_AREAS, since=V2019, sure=COMPARED
    ),
    Entry(
        0x0700,
        "up",
        "recorder data",
        "行驶记录数据上传",
        Record(SERIAL, Field("command", U8, "命令字", "GB/T 19056"), Field("data", Raw(), "数据块")),
        sure=COMPARED,
    ),
    Entry(0x0701, "up", "waybill", "电子运单上报", Record(Field("text", LongText(U32), "电子运单内容")), sure=COMPARED),
    Entry(0x0702, "up", "driver identity", "驾驶员身份信息采集上报", DRIVER, is_2011=_begins_with_a_name),
    Entry(0x0704, "up", "positions in a batch", "定位数据批量上传", BATCH),
    Entry(0x0705, "up", "CAN data", "CAN 总线数据上传", CAN, sure=COMPARED),
    Entry(0x0800, "up", "multimedia event", "多媒体事件信息上传", Record(*MEDIA)),
    Entry(0x0801, "up", "multimedia upload", "多媒体数据上传", UPLOAD),
    Entry(
        0x0802,
        "up",
        "stored media found",
        "存储多媒体数据检索应答",
        Record(SERIAL, Field("found", Listed(FOUND, count=U16), "检索项")),
        sure=COMPARED,
    ),
    Entry(0x0805, "up", "snapshot answer", "摄像头立即拍摄命令应答", SHOT, sure=COMPARED),
    Entry(0x0900, "up", "passed on upwards", "数据上行透传", PASSED_ON, sure=COMPARED),
    Entry(0x0901, "up", "compressed data", "数据压缩上报", Record(Field("gzip", Raw(length=U32), "压缩消息体"))),
    Entry(0x0A00, "up", "terminal's RSA key", "终端 RSA 公钥", RSA, sure=COMPARED),
)
