"""The messages that JT/T 1078-2016 (video) adds to the same frames, by id."""

from __future__ import annotations

from gridloop.fleet.jt808.kinds import U8, U16, U32, U64, LongText
from gridloop.fleet.jt808.records import Confidence, Field, Listed, Record
from gridloop.fleet.jt808.tables import meanings as m
from gridloop.fleet.jt808.tables.entry import Direction, Entry
from gridloop.fleet.jt808.tables.shapes import MAYBE_DAILY, MOMENT, SERIAL

COMPARED, MEMORY, READ = Confidence.COMPARED, Confidence.MEMORY, Confidence.READ
CHANNEL = Field("channel", U8, "逻辑通道号")
SPAN = (Field("start", MAYBE_DAILY, "开始时间"), Field("end", MAYBE_DAILY, "结束时间", "zeros: no end"))
ALARMS = Field("alarms", U64, "报警标志", "bits 0-31 as in 0x0200, 32-63 video alarms")
SOURCE = (
    Field("kind", U8, "音视频资源类型", words=m.RECORDING),
    Field("stream", U8, "码流类型", words=m.SOURCE_STREAM),
    Field("storage", U8, "存储器类型", words=m.STORAGE),
)
SERVER = (
    Field("server", LongText(U8), "服务器 IP 地址"),
    Field("tcp_port", U16, "TCP 端口号"),
    Field("udp_port", U16, "UDP 端口号"),
)
SPEED = Field("times", U8, "快进或快退倍数", "0 none, 1 1x, 2 2x, 3 4x, 4 8x, 5 16x")
AV_ATTRIBUTES = Record(
    Field("audio_codec", U8, "输入音频编码方式"),
    Field("audio_channels", U8, "输入音频声道数"),
    Field("audio_sampling", U8, "输入音频采样率", "0 8 kHz, 1 22.05, 2 44.1, 3 48"),
    Field("audio_bits", U8, "输入音频采样位数", "0 8, 1 16, 2 32"),
    Field("audio_frame", U16, "音频帧长度"),
    Field("audio_output", U8, "是否支持音频输出"),
    Field("video_codec", U8, "视频编码方式"),
    Field("audio_channels_most", U8, "终端支持的最大音频物理通道数"),
    Field("video_channels_most", U8, "终端支持的最大视频物理通道数"),
)
PASSENGERS = Record(
    Field("start", MOMENT, "起始时间"),
    Field("end", MOMENT, "结束时间"),
    Field("boarded", U16, "上车人数"),
    Field("left", U16, "下车人数"),
)
RESOURCE = Record(CHANNEL, *SPAN, ALARMS, *SOURCE, Field("size", U32, "文件大小", "bytes"))
LIVE = Record(
    *SERVER,
    CHANNEL,
    Field("kind", U8, "数据类型", "0 audio and video, 1 video, 2 talk, 3 listen, 4 broadcast, 5 pass-through"),
    Field("stream", U8, "码流类型", words=m.STREAM),
)
LIVE_CONTROL = Record(
    CHANNEL,
    Field("command", U8, "控制指令", "0 close, 1 switch stream, 2 pause, 3 resume, 4 close talk"),
    Field("close", U8, "关闭音视频类型", "0 all, 1 audio, 2 video"),
    Field("stream", U8, "切换码流类型", words=m.STREAM),
)
PLAYBACK = Record(
    *SERVER,
    CHANNEL,
    *SOURCE,
    Field("mode", U8, "回放方式", "0 usual, 1 fast forward, 2 key frames back, 3 key frames, 4 single frame"),
    SPEED,
    *SPAN,
)
PLAYBACK_CONTROL = Record(
    CHANNEL,
    Field("command", U8, "回放控制", "0 start, 1 pause, 2 end, 3 forward, 4 back, 5 jump, 6 key frames"),
    SPEED,
    Field("position", MAYBE_DAILY, "拖动回放位置"),
)
FILE_UPLOAD = Record(
    Field("server", LongText(U8), "服务器地址"),
    Field("port", U16, "端口"),
    Field("user", LongText(U8), "用户名"),
    Field("password", LongText(U8), "密码"),
    Field("path", LongText(U8), "文件上传路径"),
    CHANNEL,
    *SPAN,
    ALARMS,
    *SOURCE,
    Field("networks", U8, "任务执行条件", "bit 0 WiFi, 1 LAN, 2 mobile"),
)
TURN = Record(
    CHANNEL, Field("direction", U8, "方向", "0 stop, 1 up, 2 down, 3 left, 4 right"), Field("speed", U8, "速度")
)
SWITCH = Record(CHANNEL, Field("value", U8, "控制参数", "0 or 1"))


def _line(number: int, direction: Direction, en: str, zh: str, body: Record, sure: Confidence) -> Entry:
    return Entry(number, direction, en, zh, body, sure, standard="JT/T 1078")


VIDEO = (
    _line(0x1003, "up", "audio and video attributes", "终端上传音视频属性", AV_ATTRIBUTES, COMPARED),
    _line(0x1005, "up", "passenger flow", "终端上传乘客流量", PASSENGERS, READ),
    _line(
        0x1205,
        "up",
        "list of recordings",
        "终端上传音视频资源列表",
        Record(SERIAL, Field("resources", Listed(RESOURCE, count=U32), "音视频资源列表")),
        COMPARED,
    ),
    _line(
        0x1206,
        "up",
        "file upload done",
        "文件上传完成通知",
        Record(SERIAL, Field("result", U8, "结果", words={0: ("done", "成功"), 1: ("failed", "失败")})),
        MEMORY,
    ),
    _line(0x9003, "down", "query audio and video attributes", "查询终端音视频属性", Record(), MEMORY),
    _line(0x9101, "down", "live request", "实时音视频传输请求", LIVE, READ),
    _line(0x9102, "down", "live control", "音视频实时传输控制", LIVE_CONTROL, READ),
    _line(
        0x9105,
        "down",
        "live state notice",
        "实时音视频传输状态通知",
        Record(CHANNEL, Field("loss", U8, "丢包率", "percent")),
        MEMORY,
    ),
    _line(0x9201, "down", "playback request", "远程录像回放请求", PLAYBACK, COMPARED),
    _line(0x9202, "down", "playback control", "远程录像回放控制", PLAYBACK_CONTROL, COMPARED),
    _line(0x9205, "down", "query recordings", "查询资源列表", Record(CHANNEL, *SPAN, ALARMS, *SOURCE), MEMORY),
    _line(0x9206, "down", "file upload", "文件上传指令", FILE_UPLOAD, COMPARED),
    _line(
        0x9207,
        "down",
        "file upload control",
        "文件上传控制",
        Record(SERIAL, Field("command", U8, "上传控制", "0 pause, 1 go on, 2 cancel")),
        MEMORY,
    ),
    _line(0x9301, "down", "turn the camera", "云台旋转", TURN, COMPARED),
    _line(0x9302, "down", "focus", "云台调整焦距控制", SWITCH, MEMORY),
    _line(0x9303, "down", "iris", "云台调整光圈控制", SWITCH, MEMORY),
    _line(0x9304, "down", "wiper", "云台雨刷控制", SWITCH, MEMORY),
    _line(0x9305, "down", "infrared light", "红外补光控制", SWITCH, MEMORY),
    _line(0x9306, "down", "zoom", "云台变倍控制", SWITCH, MEMORY),
)
