"""Parts of invented personal names: surnames by how common they are, given names by sex and time of birth."""

# Shares per mille, after the published national order; the tail shares what is left.
SURNAMES = {
    "王": 72, "李": 71, "张": 67, "刘": 54, "陈": 46, "杨": 31, "黄": 23, "赵": 23, "吴": 20, "周": 20, "徐": 15,
    "孙": 15, "马": 13, "朱": 13, "胡": 12, "郭": 12, "何": 11, "林": 11, "高": 10, "罗": 10, "郑": 9, "梁": 9,
    "谢": 8, "宋": 8, "唐": 8, "许": 7, "邓": 7, "韩": 7, "冯": 7, "曹": 7, "彭": 6, "肖": 6, "蔡": 5, "潘": 5,
    "田": 5, "董": 5, "袁": 5, "于": 5, "余": 5, "叶": 5, "蒋": 5, "杜": 5, "苏": 4, "魏": 4, "程": 4, "吕": 4,
    "丁": 4, "沈": 4, "姚": 4, "卢": 4, "姜": 4, "崔": 4, "钟": 4, "谭": 4, "陆": 4, "汪": 4, "范": 4, "陶": 6,
}  # fmt: skip

# Readings that dictionaries get wrong; more of them than nature has, so that every list shows some.
TRICKY_SURNAMES = {"曾": 9, "查": 6, "单": 6, "解": 6, "仇": 5, "区": 4, "任": 9, "翟": 3, "缪": 2, "盖": 2}
COMPOUND_SURNAMES = {"欧阳": 2, "尉迟": 1, "令狐": 1}

# One or two characters, by decade of birth: those before 1960, before 1985, and later.
MALE_OLD = (
    *"福德贵有存根宝发生财富银堂",
    "玉山",
    "长林",
    "福田",
    "德顺",
    "金锁",
    "有才",
    "运来",
    "树德",
    "明礼",
    "广生",
)
MALE_MIDDLE = (*"军强勇明刚伟涛斌辉峰", "建国", "志强", "春生", "卫东", "永刚", "国华", "海涛", "立群", "新民")
MALE_YOUNG = (*"浩宇轩磊鹏超凯翔睿", "思远", "子豪", "宇航", "明远", "晓东", "一鸣", "俊杰", "博文", "家豪", "嘉树")
FEMALE_OLD = (*"英兰芳珍芬娥莲香", "桂英", "秀英", "玉兰", "素芬", "桂花", "凤英", "兰香", "淑珍", "秀莲", "翠花")
FEMALE_MIDDLE = (*"红燕丽敏静霞艳玲", "文静", "春梅", "秀丽", "建华", "丽娟", "海燕", "晓红", "冬梅", "爱华", "雪莲")
FEMALE_YOUNG = (*"婷雪慧颖琳欣怡瑶", "晓岚", "雨涵", "思雨", "梦瑶", "佳怡", "欣然", "子涵", "若曦", "静怡", "语桐")

# Characters that some offices' fonts and old encodings lack; the last two lie beyond the first 65,536.
RARE = ("䶮", "㛃", "甪", "犇", "彧", "祎", "翀", "𬭎", "𠅤")

# Names written with a middle dot, by sex, as some ethnic groups bear them.
DOTTED_MALE = ("买买提", "艾力", "努尔兰", "吐尔逊", "热合曼", "木合塔尔")
DOTTED_FEMALE = ("阿依古丽", "帕提古丽", "古丽娜", "热依汗", "阿依努尔")
DOTTED_LAST = ("艾山", "买提", "努尔", "木拉提", "依明", "肉孜", "沙比尔", "热西提", "阿布都拉", "吾守尔")
DOTTED_GROUPS = ("维吾尔族", "哈萨克族", "柯尔克孜族", "乌孜别克族")
OTHER_GROUPS = ("回族", "满族", "土家族", "苗族", "壮族", "蒙古族")
