"""The names of ethnic groups as registers write them (GB/T 3304-1991), with the short forms that clerks use."""

_NAMES = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 "
    "土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 "
    "柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 "
    "乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
)

# 其他 stands for people whose group is not yet determined; the register has a code of its own for them.
ETHNIC_GROUPS: dict[str, str] = {
    **{f"{name}族": f"{name}族" for name in _NAMES.split()},
    "维族": "维吾尔族",
    "哈族": "哈萨克族",
    "蒙族": "蒙古族",
    "柯族": "柯尔克孜族",
    "穿青人": "穿青人",
    "其他": "其他",
    "未识别民族": "其他",
}
