"""What numbers and bits mean; alarm and status bits with their differences between editions."""

from __future__ import annotations

from gridloop.fleet.jt808.records import Bits, Words

ALARM = Bits(
    {
        0: ("emergency", "紧急报警"),
        1: ("overspeed", "超速报警"),
        2: ("fatigue", "疲劳驾驶"),
        3: ("danger warning", "危险预警"),
        4: ("GNSS fault", "GNSS 模块故障"),
        5: ("GNSS antenna open", "GNSS 天线未接或剪断"),
        6: ("GNSS antenna short", "GNSS 天线短路"),
        7: ("main power low", "终端主电源欠压"),
        8: ("main power lost", "终端主电源掉电"),
        9: ("display fault", "终端显示器故障"),
        10: ("TTS fault", "TTS 模块故障"),
        11: ("camera fault", "摄像头故障"),
        12: ("IC reader fault", "道路运输证 IC 卡模块故障"),
        13: ("overspeed pre-warning", "超速预警"),
        14: ("fatigue pre-warning", "疲劳驾驶预警"),
        18: ("driving time of the day exceeded", "当天累计驾驶超时"),
        19: ("parked too long", "超时停车"),
        20: ("in or out of area", "进出区域"),
        21: ("in or out of route", "进出路线"),
        22: ("section time too short or long", "路段行驶时间不足或过长"),
        23: ("off route", "路线偏离"),
        24: ("speed sensor fault", "车辆 VSS 故障"),
        25: ("fuel abnormal", "车辆油量异常"),
        26: ("vehicle stolen", "车辆被盗"),
        27: ("illegal ignition", "车辆非法点火"),
        28: ("illegal movement", "车辆非法位移"),
        29: ("collision pre-warning", "碰撞预警"),
        30: ("rollover pre-warning", "侧翻预警"),
        31: ("illegal door opening", "非法开门报警"),
    },
    since_2019={
        3: ("dangerous driving", "危险驾驶行为"),
        15: ("driving against rules", "违规行驶"),
        16: ("tyre pressure", "胎压预警"),
        17: ("right-turn blind spot", "右转盲区异常"),
        29: ("collision or rollover", "碰撞侧翻"),
        31: None,
    },
)
STATUS = Bits(
    {
        0: ("ACC on", "ACC 开"),
        1: ("position valid", "定位有效"),
        2: ("south", "南纬"),
        3: ("west", "西经"),
        4: ("out of service", "停运状态"),
        5: ("coordinates encrypted", "经纬度已加密"),
        8: ("load bit 0", "载重低位"),
        9: ("load bit 1", "载重高位"),
        10: ("fuel line cut", "油路断开"),
        11: ("circuit cut", "电路断开"),
        12: ("doors locked", "车门加锁"),
        13: ("front door open", "前门开"),
        14: ("middle door open", "中门开"),
        15: ("rear door open", "后门开"),
        16: ("driver's door open", "驾驶席门开"),
        17: ("custom door open", "自定义门开"),
        18: ("GPS", "GPS 定位"),
        19: ("BeiDou", "北斗定位"),
        20: ("GLONASS", "GLONASS 定位"),
        21: ("Galileo", "Galileo 定位"),
    },
    since_2019={
        6: ("forward-collision warning", "前撞预警"),
        7: ("lane-departure warning", "车道偏移预警"),
        22: ("moving", "车辆行驶"),
    },
)
STATUS_SOUTH, STATUS_WEST = 2, 3
VIDEO_ALARM = Bits(
    {
        0: ("video signal lost", "视频信号丢失"),
        1: ("video covered", "视频信号遮挡"),
        2: ("storage fault", "存储单元故障"),
        3: ("other video fault", "其他视频设备故障"),
        4: ("coach overloaded", "客车超员"),
        5: ("abnormal driving", "异常驾驶行为"),
        6: ("alarm recording full", "特殊报警录像达到存储阈值"),
    },
    {},
)
ABNORMAL_DRIVING = Bits(
    {0: ("fatigue", "疲劳"), 1: ("phoning", "打电话"), 2: ("smoking", "抽烟")},
    {},
)
SIGNALS = Bits(
    {
        0: ("low beam", "近光灯"),
        1: ("high beam", "远光灯"),
        2: ("right indicator", "右转向灯"),
        3: ("left indicator", "左转向灯"),
        4: ("brake", "制动"),
        5: ("reverse", "倒档"),
        6: ("fog light", "雾灯"),
        7: ("outline lamp", "示廓灯"),
        8: ("horn", "喇叭"),
        9: ("air conditioning", "空调"),
        10: ("neutral", "空挡"),
        11: ("retarder", "缓速器"),
        12: ("ABS", "ABS 工作"),
        13: ("heater", "加热器"),
        14: ("clutch", "离合器"),
    },
    {},
)
SLEEP = Bits({0: ("deep sleep", "深度休眠"), 1: ("sleep", "休眠")}, {})
SATELLITES = Bits({0: ("GPS", "GPS"), 1: ("BeiDou", "北斗"), 2: ("GLONASS", "GLONASS"), 3: ("Galileo", "Galileo")}, {})
AREA = Bits(
    {
        0: ("by time", "根据时间"),
        1: ("speed limited", "限速"),
        2: ("entering: tell driver", "进区域报警给驾驶员"),
        3: ("entering: tell platform", "进区域报警给平台"),
        4: ("leaving: tell driver", "出区域报警给驾驶员"),
        5: ("leaving: tell platform", "出区域报警给平台"),
        6: ("south", "南纬"),
        7: ("west", "西经"),
        8: ("doors stay shut", "禁止开门"),
        14: ("radio off inside", "进区域关闭通信模块"),
        15: ("detailed GNSS inside", "进区域采集 GNSS 详细数据"),
    },
    {},
)
SECTION = Bits(
    {0: ("travel time", "行驶时间"), 1: ("speed limited", "限速"), 2: ("south", "南纬"), 3: ("west", "西经")}, {}
)
TEXT_FLAGS = Bits(
    {
        0: ("urgent", "紧急"),
        2: ("display", "终端显示器显示"),
        3: ("speak", "终端 TTS 播读"),
        4: ("advertising screen", "广告屏显示"),
        5: ("CAN fault code", "CAN 故障码信息"),
    },
    since_2019={0: ("kind bit 0", "类型低位"), 1: ("kind bit 1", "类型高位"), 4: None},
)
TERMINAL_KIND = Bits(
    {
        0: ("passenger coaches", "适用客运车辆"),
        1: ("dangerous goods", "适用危险品车辆"),
        2: ("freight", "适用普通货运车辆"),
        3: ("taxis", "适用出租车辆"),
        6: ("disk recorder", "支持硬盘录像"),
        7: ("split housing", "分体机"),
    },
    since_2019={8: ("trailers", "适用挂车")},
)
RESULT: Words = {
    0: ("done", "成功"),
    1: ("failed", "失败"),
    2: ("bad message", "消息有误"),
    3: ("not supported", "不支持"),
}
PLATFORM_RESULT: Words = {**RESULT, 4: ("alarm confirmed", "报警处理确认")}
REGISTER_RESULT: Words = {
    0: ("done", "成功"),
    1: ("vehicle is registered already", "车辆已被注册"),
    2: ("no such vehicle", "数据库中无该车辆"),
    3: ("terminal is registered already", "终端已被注册"),
    4: ("no such terminal", "数据库中无该终端"),
}
PLATE_COLOUR: Words = {
    0: ("no plate", "未上牌"),
    1: ("blue", "蓝色"),
    2: ("yellow", "黄色"),
    3: ("black", "黑色"),
    4: ("white", "白色"),
    5: ("green", "绿色"),
    9: ("other", "其他"),
}
CARD_STATE: Words = {1: ("card in: on duty", "插卡上班"), 2: ("card out: off duty", "拔卡下班")}
CARD_RESULT: Words = {
    0: ("read", "读卡成功"),
    1: ("key not accepted", "卡片密钥认证未通过"),
    2: ("card locked", "卡片已被锁定"),
    3: ("card removed", "卡片被拔出"),
    4: ("check error", "数据校验错误"),
}
BATCH: Words = {0: ("usual batch", "正常位置批量汇报"), 1: ("late, from a blind area", "盲区补报")}
MEDIA: Words = {0: ("picture", "图像"), 1: ("audio", "音频"), 2: ("video", "视频")}
FORMAT: Words = {0: ("JPEG", "JPEG"), 1: ("TIF", "TIF"), 2: ("MP3", "MP3"), 3: ("WAV", "WAV"), 4: ("WMV", "WMV")}
MEDIA_EVENT: Words = {
    0: ("command", "平台下发指令"),
    1: ("timer", "定时动作"),
    2: ("robbery", "抢劫报警触发"),
    3: ("collision or rollover", "碰撞侧翻报警触发"),
    4: ("door opened", "门开拍照"),
    5: ("door closed", "门关拍照"),
    6: ("door closing at 20 km/h", "门由开变关,车速从小于到超过 20 km/h"),
    7: ("distance", "定距拍照"),
}
PLACE_KIND: Words = {
    0: ("no area", "无特定位置"),
    1: ("circle", "圆形区域"),
    2: ("rectangle", "矩形区域"),
    3: ("polygon", "多边形区域"),
    4: ("route or section", "路线或路段"),
}
AREA_ACTION: Words = {0: ("replace", "更新"), 1: ("add", "追加"), 2: ("modify", "修改")}
SET_ACTION: Words = {
    0: ("delete all", "删除全部"),
    1: ("replace", "更新"),
    2: ("add", "追加"),
    3: ("modify", "修改"),
    4: ("delete these", "删除指定项"),
}
PASSING: Words = {0: ("in", "进"), 1: ("out", "出")}
KEEP: Words = {0: ("keep", "保留"), 1: ("delete", "删除")}
STREAM: Words = {0: ("main stream", "主码流"), 1: ("sub stream", "子码流")}
SOURCE_STREAM: Words = {0: ("all", "所有码流"), 1: ("main stream", "主码流"), 2: ("sub stream", "子码流")}
STORAGE: Words = {0: ("all", "所有存储器"), 1: ("main storage", "主存储器"), 2: ("disaster storage", "灾备存储器")}
RECORDING: Words = {
    0: ("audio and video", "音视频"),
    1: ("audio", "音频"),
    2: ("video", "视频"),
    3: ("with video", "视频或音视频"),
}
