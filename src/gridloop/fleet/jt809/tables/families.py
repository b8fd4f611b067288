"""Vehicle dynamics, platform messages, warnings, supervision and static data, in the envelopes they share."""

from __future__ import annotations

from gridloop.fleet.jt808.frames import Edition
from gridloop.fleet.jt808.kinds import U8, U16, U32, U64, LongText, Raw, Text
from gridloop.fleet.jt808.records import Field, Record
from gridloop.fleet.jt809.tables.entry import Entry, Family
from gridloop.fleet.jt809.tables.shapes import (
    CAR,
    COLOUR,
    DRIVER,
    PLATE,
    POSITIONS,
    QUESTION,
    REASON_CODE,
    RESULT_DONE,
    SPAN,
    V2011,
    V2019,
    WARNING,
    WAYBILL,
    WHERE,
)

VEHICLE = Record(PLATE, COLOUR)
NOTHING = Record()
FAMILY_ROWS = (
    Family(0x1200, "vehicle dynamics, up", "主链路动态信息交换", VEHICLE),
    Family(0x9200, "vehicle dynamics, down", "从链路动态信息交换", VEHICLE),
    Family(0x1300, "between platforms, up", "主链路平台间信息交互", NOTHING),
    Family(0x9300, "between platforms, down", "从链路平台间信息交互", NOTHING),
    Family(0x1400, "warnings, up", "主链路报警信息交互", VEHICLE, until=V2011),
    Family(0x9400, "warnings, down", "从链路报警信息交互", VEHICLE, until=V2011),
    Family(0x1500, "supervision, up", "主链路车辆监管", VEHICLE),
    Family(0x9500, "supervision, down", "从链路车辆监管", VEHICLE),
    Family(0x1600, "static data, up", "主链路静态信息交换", VEHICLE),
    Family(0x9600, "static data, down", "从链路静态信息交换", VEHICLE),
)
REGISTER = Record(
    Field("platform", Text(11), "平台唯一编码"),
    Field("maker", Text(11), "车载终端厂商唯一编码"),
    Field("model", Text(8), "车载终端型号", until=V2011),
    Field("terminal_id", Text(7), "车载终端编号", until=V2011),
    Field("phone", Text(12), "车载终端 SIM 卡电话号码", until=V2011),
    Field("model", Text(30), "车载终端型号", since=V2019),
    Field("imei", Text(15), "车载终端通讯模块 IMEI 码", since=V2019),
    Field("terminal_id", Text(30), "车载终端编号", since=V2019),
    Field("phone", Text(13), "车载终端 SIM 卡电话号码", since=V2019),
)
RESULT = Record(Field("result", U8, "结果", words=RESULT_DONE))
TOLD = Record(*WARNING, Field("text", LongText(U32), "报警描述"))
PHOTO = Record(
    Field("answer", U8, "拍照应答标识", "0 not supported, 1 done, 2 stored, 3 no camera, 4 failed"),
    Field("encrypted", U8, "是否加密"),
    *[field for field in WHERE.fields if field.until is Edition.V2011],
    Field("lens", U8, "镜头 ID"),
    Field("photo_size", U32, "图片长度"),
    Field("resolution", U8, "图片大小"),
    Field("format", U8, "图像格式", "1 JPG, 2 GIF, 3 TIFF, 4 PNG"),
    Field("photo", Raw(), "图片内容", "as long as photo_size says"),
)
URGE = Record(
    *WARNING,
    Field("supervision", U32, "报警督办 ID"),
    Field("until", U64, "督办截止时间", "s since 1970 UTC"),
    Field("level", U8, "督办级别", words={0: ("urgent", "紧急"), 1: ("ordinary", "一般")}),
    Field("supervisor", Text(16), "督办人"),
    Field("phone", Text(20), "督办联系电话"),
    Field("email", Text(32), "督办联系电子邮件"),
)
WATCH = Record(
    Field("code", Text(10), "监管平台下发的鉴权码"),
    Field("access_point", Text(20), "拨号点名称"),
    Field("user", Text(49), "拨号用户名"),
    Field("password", Text(22), "拨号密码"),
    Field("host", Text(32), "地址"),
    Field("tcp_port", U16, "TCP 端口"),
    Field("udp_port", U16, "UDP 端口"),
    Field("until", U64, "结束时间", "s since 1970 UTC"),
)
URGED = Record(
    Field("supervision", U32, "报警督办 ID"),
    Field("result", U8, "报警处理结果", words={0: ("handling", "处理中"), 1: ("handled", "已处理完毕"), 2: ("not handled", "不作处理"), 3: ("later", "将来处理")}),
)  # fmt: skip
HANDLED = Record(Field("info", U32, "报警信息 ID"), URGED.fields[1])
TRAVEL = Record(Field("command", U8, "命令类型"), Field("data", Raw(length=U32), "行驶记录数据体"))
TEXT_DOWN = Record(
    Field("serial", U32, "消息 ID 序号"),
    Field("priority", U8, "报文优先级", words={0: ("urgent", "紧急"), 1: ("ordinary", "一般")}),
    Field("text", LongText(U32), "报文信息内容"),
)


def _up(family: int, sub: int, en: str, zh: str, body: Record = NOTHING, *, until: Edition = V2011) -> Entry:
    return Entry(family, sub, "up", "main", en, zh, body, until=until)


def _down(family: int, sub: int, en: str, zh: str, body: Record = NOTHING, *, until: Edition = V2011) -> Entry:
    return Entry(family, sub, "down", "sub", en, zh, body, until=until)


INSIDE = (
    _up(0x1200, 0x1201, "vehicle registered", "上传车辆注册信息", REGISTER, until=V2019),
    _up(0x1200, 0x1202, "position", "实时上传车辆定位信息", WHERE, until=V2019),
    _up(0x1200, 0x1203, "positions later", "车辆定位信息自动补报", POSITIONS, until=V2019),
    _up(0x1200, 0x1205, "exchange begun", "启动车辆定位信息交换应答"),
    _up(0x1200, 0x1206, "exchange ended", "结束车辆定位信息交换应答"),
    _up(0x1200, 0x1207, "asks for a vehicle", "申请交换指定车辆定位信息请求", SPAN),
    _up(0x1200, 0x1208, "asks no longer", "取消交换指定车辆定位信息请求"),
    _up(0x1200, 0x1209, "asks for the past", "补发车辆定位信息请求", SPAN),
    _up(0x1200, 0x120A, "driver, as asked", "上报车辆驾驶员身份识别信息应答", DRIVER),
    _up(0x1200, 0x120B, "waybill, as asked", "上报车辆电子运单应答", WAYBILL),
    _up(0x1200, 0x120C, "driver", "主动上报驾驶员身份信息", DRIVER),
    _up(0x1200, 0x120D, "waybill", "主动上报车辆电子运单信息", WAYBILL),
    _down(0x9200, 0x9202, "position", "交换车辆定位信息", WHERE, until=V2019),
    _down(0x9200, 0x9203, "positions of the past", "车辆定位信息交换补发", POSITIONS, until=V2019),
    _down(0x9200, 0x9204, "vehicle", "交换车辆静态信息", CAR),
    _down(0x9200, 0x9205, "begin exchange", "启动车辆定位信息交换请求", Record(REASON_CODE)),
    _down(0x9200, 0x9206, "end exchange", "结束车辆定位信息交换请求", Record(REASON_CODE)),
    _down(0x9200, 0x9207, "asked for: answer", "申请交换指定车辆定位信息应答", RESULT),
    _down(0x9200, 0x9208, "asks no longer: answer", "取消申请交换指定车辆定位信息应答", RESULT),
    _down(0x9200, 0x9209, "the past: answer", "补发车辆定位信息应答", RESULT),
    _down(0x9200, 0x920A, "ask for the driver", "上报车辆驾驶员身份识别信息请求"),
    _down(0x9200, 0x920B, "ask for the waybill", "上报车辆电子运单请求"),
    _up(0x1300, 0x1301, "answer to a roll call", "平台查岗应答", QUESTION),
    _up(0x1300, 0x1302, "message received", "下发平台间报文应答", Record(Field("info", U32, "信息 ID"))),
    _down(0x9300, 0x9301, "roll call", "平台查岗请求", QUESTION),
    _down(0x9300, 0x9302, "message", "下发平台间报文请求", QUESTION),
    _up(0x1400, 0x1401, "urged: answer", "报警督办应答", URGED),
    _up(0x1400, 0x1402, "warning", "上报报警信息", Record(*WARNING, Field("info", U32, "信息 ID"), TOLD.fields[-1])),
    _up(0x1400, 0x1403, "warning handled", "主动上报报警处理结果信息", HANDLED),
    _down(0x9400, 0x9401, "urge", "报警督办请求", URGE),
    _down(0x9400, 0x9402, "pre-warning", "报警预警", TOLD),
    _down(0x9400, 0x9403, "warning from elsewhere", "实时交换报警信息", TOLD),
    _up(0x1500, 0x1501, "listened: answer", "车辆单向监听应答", RESULT),
    _up(0x1500, 0x1502, "photo", "车辆拍照应答", PHOTO),
    _up(0x1500, 0x1503, "text delivered", "下发车辆报文应答", Record(Field("serial", U32, "消息 ID"), RESULT.fields[0])),
    _up(0x1500, 0x1504, "travel record", "上报车辆行驶记录应答", TRAVEL),
    _up(0x1500, 0x1505, "watched: answer", "车辆应急接入监管平台应答", RESULT),
    _down(0x9500, 0x9501, "listen", "车辆单向监听请求", Record(Field("phone", Text(20), "回拨电话号码"))),
    _down(0x9500, 0x9502, "take a photo", "车辆拍照请求", Record(Field("lens", U8, "镜头 ID"), Field("size", U8, "照片大小"))),
    _down(0x9500, 0x9503, "text to a vehicle", "下发车辆报文请求", TEXT_DOWN),
    _down(0x9500, 0x9504, "ask for the travel record", "上报车辆行驶记录请求", Record(Field("command", U8, "命令类型"))),
    _down(0x9500, 0x9505, "watch in an emergency", "车辆应急接入监管平台请求", WATCH),
    _up(0x1600, 0x1601, "vehicle, as asked", "补报车辆静态信息应答", CAR),
    _down(0x9600, 0x9601, "ask for a vehicle", "补报车辆静态信息请求"),
)  # fmt: skip
