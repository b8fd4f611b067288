"""Plausible invented street names: Chinese, and English made from pinyin."""

import numpy as np

# Landscape and good fortune, as in most towns of the coast: (character, pinyin).
FIRST = (
    "鹭lu 湖hu 滨bin 莲lian 嘉jia 禾he 屿yu 榕rong 松song 云yun 海hai 虹hong 碧bi 锦jin 兴xing 安an 和he 泰tai 瑞rui 明ming "
    "福fu 祥xiang 盛sheng 文wen 华hua 景jing 桂gui 兰lan 梅mei 竹zhu 枫feng 柳liu 橘ju 荔li 龙long 凤feng 鹤he 雁yan 帆fan 潮chao "
    "浪lang 港gang 沙sha 石shi 泉quan 溪xi 塘tang 岭ling 峰feng 崎qi"
)
SECOND = (
    "安an 宁ning 园yuan 岭ling 山shan 水shui 江jiang 前qian 里li 秀xiu 光guang 新xin 春chun 阳yang 霞xia 月yue 星xing 瑞rui 源yuan "
    "林lin 坑keng 浦pu 埔pu 头tou 厝cuo 亭ting 台tai 门men 井jing 桥qiao 渡du 庭ting 坪ping 洲zhou 涧jian 坂ban 村cun 港gang 花hua 岸an"
)
SUFFIXES = (
    (("大道", "Avenue"), ("路", "Road"), ("路", "Road"), ("东路", "Road East"), ("西路", "Road West")),
    (
        ("路", "Road"),
        ("街", "Street"),
        ("南路", "Road South"),
        ("北路", "Road North"),
        ("中路", "Road Middle"),
        ("横路", "Cross Road"),
    ),
    (("里", "Alley"), ("里", "Alley"), ("巷", "Lane")),
)
LANE_RANK = 2
LANES_OF_ONE_NAME = 18
NUMERALS = [
    "一",
    "二",
    "三",
    "四",
    "五",
    "六",
    "七",
    "八",
    "九",
    "十",
    "十一",
    "十二",
    "十三",
    "十四",
    "十五",
    "十六",
    "十七",
    "十八",
]


def street_names(ranks: list[int], *, seed: int) -> list[tuple[str, str]]:
    """An invented (Chinese, English) name for each street of the given ranks; no two streets share one.

    Lanes are numbered within a name, as in 莲秀三里. Raises ValueError when the names do not suffice.
    """
    rng = np.random.default_rng(seed)
    firsts, seconds = _pairs(FIRST), _pairs(SECOND)
    enough = len(firsts) * len(seconds)
    if len(ranks) > enough * LANES_OF_ONE_NAME:
        message = f"there are names for {enough * LANES_OF_ONE_NAME} streets, not for {len(ranks)}"
        raise ValueError(message)
    taken: set[str] = set()
    names: list[tuple[str, str]] = []
    for rank in ranks:
        zh = english = ""
        while not zh or zh in taken:
            first, second = firsts[rng.integers(len(firsts))], seconds[rng.integers(len(seconds))]
            suffix = SUFFIXES[rank][rng.integers(len(SUFFIXES[rank]))]
            number = int(rng.integers(LANES_OF_ONE_NAME)) if rank == LANE_RANK else -1
            zh = f"{first[0]}{second[0]}{NUMERALS[number] if number >= 0 else ''}{suffix[0]}"
            english = f"{(first[1] + second[1]).capitalize()} {suffix[1]}" + (f" {number + 1}" if number >= 0 else "")
        taken.add(zh)
        names.append((zh, english))
    return names


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(entry[0], entry[1:]) for entry in text.split()]
