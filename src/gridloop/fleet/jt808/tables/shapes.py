"""Records that several messages share: positions, areas, lists of ids."""

from __future__ import annotations

from gridloop.fleet.jt808.frames import Edition
from gridloop.fleet.jt808.items import Items
from gridloop.fleet.jt808.kinds import LATITUDE, LONGITUDE, U8, U16, U32, LongText, Time
from gridloop.fleet.jt808.records import Field, Listed, Record, When
from gridloop.fleet.jt808.tables import meanings as m
from gridloop.fleet.jt808.tables.extra_items import EXTRA_ITEMS
from gridloop.fleet.jt808.tables.parameters import PARAMETERS

V2013, V2019 = Edition.V2013, Edition.V2019
MOMENT = Time()
MAYBE_DAILY = Time(open_dates=True)
SERIAL = Field("acked_serial", U16, "应答流水号")
FIXED = (
    Field("alarm", U32, "报警标志", bits=m.ALARM),
    Field("status", U32, "状态", bits=m.STATUS),
    Field("latitude", LATITUDE, "纬度", "1e-6 degree; sign: status bit 2"),
    Field("longitude", LONGITUDE, "经度", "1e-6 degree; sign: status bit 3"),
    Field("altitude", U16, "高程", "m"),
    Field("speed", U16, "速度", "0.1 km/h"),
    Field("heading", U16, "方向", "0-359, north 0, clockwise"),
    Field("time", MOMENT, "时间", "at byte 22; the printed tables say 21"),
)
FIXED_SIZE = 28
FIXED_POSITION = Record(*FIXED)
POSITION = Record(*FIXED, Field("extras", Items(EXTRA_ITEMS, U8, U8), "附加信息项"))
IDS = Record(Field("ids", Listed(U32, count=U8), "ID 列表", "an empty list means all"))
COUNTED_PARAMETERS = Items(PARAMETERS, U32, U8, count=U8)

TIMED, LIMITED = When("attributes", bit=0), When("attributes", bit=1)
TIMES = (
    Field("start", MAYBE_DAILY, "起始时间", when=TIMED),
    Field("end", MAYBE_DAILY, "结束时间", when=TIMED),
)
LIMIT = (
    Field("speed_most", U16, "最高速度", "km/h", when=LIMITED),
    Field("overspeed_lasts", U8, "超速持续时间", "s", when=LIMITED),
)
NIGHT = Field("night_speed_most", U16, "夜间最高速度", "km/h", when=LIMITED, since=V2019)
NAME = Field("name", LongText(U16), "区域名称", since=V2019)
AREA = (Field("id", U32, "区域 ID"), Field("attributes", U16, "区域属性", bits=m.AREA))
CIRCLE = Record(
    *AREA,
    Field("latitude", LATITUDE, "中心点纬度", "1e-6 degree"),
    Field("longitude", LONGITUDE, "中心点经度", "1e-6 degree"),
    Field("radius", U32, "半径", "m"),
    *TIMES,
    *LIMIT,
    NIGHT,
    NAME,
)
RECTANGLE = Record(
    *AREA,
    Field("north", LATITUDE, "左上点纬度", "1e-6 degree"),
    Field("west", LONGITUDE, "左上点经度", "1e-6 degree"),
    Field("south", LATITUDE, "右下点纬度", "1e-6 degree"),
    Field("east", LONGITUDE, "右下点经度", "1e-6 degree"),
    *TIMES,
    *LIMIT,
    NIGHT,
    NAME,
)
VERTEX = Record(
    Field("latitude", LATITUDE, "顶点纬度", "1e-6 degree"),
    Field("longitude", LONGITUDE, "顶点经度", "1e-6 degree"),
)
POLYGON = Record(*AREA, *TIMES, *LIMIT, Field("vertices", Listed(VERTEX, count=U16), "顶点"), NIGHT, NAME)
BY_TRAVEL_TIME = When("attributes", bit=0)
CORNER = Record(
    Field("id", U32, "拐点 ID"),
    Field("section", U32, "路段 ID"),
    Field("latitude", LATITUDE, "拐点纬度", "1e-6 degree"),
    Field("longitude", LONGITUDE, "拐点经度", "1e-6 degree"),
    Field("width", U8, "路段宽度", "m"),
    Field("attributes", U8, "路段属性", bits=m.SECTION),
    Field("longest", U16, "路段行驶过长阈值", "s", when=BY_TRAVEL_TIME),
    Field("shortest", U16, "路段行驶不足阈值", "s", when=BY_TRAVEL_TIME),
    *LIMIT,
    NIGHT,
)
ROUTE = Record(
    Field("id", U32, "路线 ID"),
    Field("attributes", U16, "路线属性", bits=m.AREA),
    *TIMES,
    Field("corners", Listed(CORNER, count=U16), "拐点"),
    NAME,
)
RESEND = Record(
    Field("first_serial", U16, "原始消息流水号", "serial of the first packet"),
    Field("parts", Listed(U16, count=U8), "重传包 ID 列表", "the printed offset of the list is wrong", until=V2013),
    Field("parts", Listed(U16, count=U16), "重传包 ID 列表", since=V2019),
)
