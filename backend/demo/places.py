"""The map of the demonstration county: invented names and the figures that it is built to (handbook 6.1 and 6.2)."""

from typing import NamedTuple

COUNTY = "澄湖县"
COUNTY_CODE = "999901"
MAIN_TOWN = "榆桥镇"


class Township(NamedTuple):
    """One township unit: `code` is digits 7 to 9 of its region code, the rest are how many of each it has.

    `village_generals` and `enterprise_generals` are general branches, `committees` those of enterprises,
    `enterprise_branches` the branches of enterprises without either.
    """

    name: str
    code: str
    districts: int
    villages: int
    communities: int
    village_generals: int
    enterprise_generals: int
    committees: int
    enterprise_branches: int
    enterprises: int
    members: int


MAIN = Township(MAIN_TOWN, "100", 5, 68, 4, 7, 1, 3, 14, 96, 3_220)
OTHERS = (
    Township("清溪口镇", "101", 4, 71, 5, 5, 1, 2, 11, 92, 3_023),
    Township("河湾口镇", "102", 4, 66, 4, 5, 1, 2, 11, 88, 2_883),
    Township("柳浦镇", "103", 4, 73, 4, 5, 1, 2, 11, 90, 3_073),
    Township("茶坞镇", "104", 4, 58, 3, 4, 0, 1, 11, 78, 2_483),
    Township("禾桥镇", "105", 4, 75, 4, 5, 1, 2, 11, 94, 3_153),
    Township("棠里镇", "106", 4, 69, 4, 5, 1, 2, 11, 86, 2_943),
    Township("杏坡镇", "107", 4, 64, 3, 5, 0, 1, 11, 80, 2_703),
    Township("梨川乡", "200", 4, 62, 3, 5, 0, 1, 11, 72, 2_603),
    Township("松坪口乡", "201", 3, 55, 2, 4, 0, 1, 11, 64, 2_303),
    Township("鹭洲乡", "202", 3, 51, 2, 4, 0, 1, 11, 60, 2_143),
    Township("云梯乡", "203", 3, 48, 2, 4, 0, 1, 11, 56, 2_023),
    Township("澄南街道", "001", 4, 60, 20, 4, 2, 3, 11, 144, 3_643),
)
TOWNSHIPS = (MAIN, *OTHERS)

DISTRICTS = ("东片管理区", "西片管理区", "南片管理区", "北片管理区", "镇区办事处")

TOWN_OFFICES = (
    "党政综合办公室",
    "组织科",
    "督查考核和贯标办公室",
    "财政所",
    "经管站",
    "司法所",
    "城建办公室",
    "农业农村办公室",
    "公共服务办公室",
    "综合治理办公室",
)
OFFICES = ("党政综合办公室", "组织科", "财政所", "司法所", "城建办公室", "农业农村办公室")

MAIN_VILLAGES = (
    *("柳塘村", "槐荫村", "上坡村", "下坡村", "东沟村", "西沟村", "石桥头村", "麦场村", "梨园村", "陶家埠村"),
    *("曾家庄村", "查家沟村", "单家营村", "第一新村", "第二新村", "第十新村", "解家河村", "仇家寨村", "区家渡村"),
    *("任家台村", "北河村", "南河村", "中桥村", "小营村", "大营村", "桑园村", "杏花村", "竹园村", "白杨村", "青石村"),
    *("黄土岗村", "红旗村", "龙泉村", "沙窝村", "芦苇湾村", "荷塘村", "水磨村", "瓦屋村", "砖塔村", "油坊村"),
    *("粉坊村", "铁炉村", "窑上村", "窑下村", "枣林村", "槐树店村", "三里铺村", "五里铺村", "八里桥村", "十里河村"),
    *("高台村", "平安村", "和顺村", "丰产村", "新立村", "前进村", "光明村", "东风村", "朝阳村", "长岭村"),
    *("后坪村", "前坪村", "双井村", "甜水井村", "苇子沟村", "石磙村", "柿子园村", "榆树湾村"),
)
MAIN_COMMUNITIES = ("榆桥社区", "南岸社区", "镇中社区", "桥西社区")

# 家 and an ending make a village named after a family; the rare readings are here on purpose.
FAMILIES = (
    *"王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓韩冯曹彭",
    *"曾查单解仇任肖田董袁潘于蒋蔡余杜叶程苏魏吕丁沈姚卢姜崔钟谭陆汪范",
)
FAMILY_ENDINGS = ("庄", "沟", "营", "埠", "洼", "岭", "坡", "湾", "河", "店", "寨", "楼")
LANDSCAPE = (
    *("松林", "竹溪", "桃源", "枫林", "杏坞", "莲花", "石门", "云峰", "清泉", "白鹭", "金沙", "银杏", "梅岭", "兰溪"),
    *("古井", "新桥", "老桥", "渡口", "塔山", "湖滨", "堤上", "堤下", "茶园", "桑林", "稻香", "麦香", "果园", "花山"),
)
LANDSCAPE_ENDINGS = ("村", "新村", "东村", "西村")
COMMUNITY_WORDS = (
    *("文昌", "南门", "北门", "东关", "西关", "书院", "钟楼", "鼓楼", "人民路", "解放路", "建设路", "和平里", "幸福里"),
    *("安康", "祥和", "翠湖", "澄湖", "湖畔", "滨河", "新城", "老城", "学府", "车站", "工农", "体育场", "电厂", "棉纺"),
)
COMMUNITY_ENDINGS = ("社区", "东社区", "西社区")

BACKBONE_ENTERPRISES = ("澄湖禾润食品有限公司", "榆桥恒砖建材有限公司", "清溪纺织有限公司")
ENTERPRISE_GENERAL = "果香合作社联合社"
ENTERPRISE_WORDS = (
    *("恒丰", "禾田", "绿源", "金穗", "永兴", "宏达", "顺风", "瑞祥", "鼎新", "博远", "安泰", "广汇", "嘉禾", "天润"),
    *("华茂", "德信", "长青", "晨光", "万里", "旭日", "腾飞", "润泽", "富民", "惠农", "正阳", "汇通", "聚源", "诚信"),
)
ENTERPRISE_LINES = ("食品", "建材", "纺织", "农机", "物流", "包装", "电子", "服装", "木业", "种业", "饲料", "商贸")

COUNTY_ORGANS = (
    *("县委办公室", "县委组织部", "县委宣传部", "县督查考核办公室", "县司法局", "县财政局", "县教育局", "县民政局"),
    *("县农业农村局", "县交通运输局", "县住房和城乡建设局", "县自然资源局", "县卫生健康局", "县审计局", "县水利局"),
    *("县人力资源和社会保障局", "县市场监督管理局", "县文化和旅游局", "县应急管理局", "县信访局", "县统计局"),
)
BRANCHES_PER_ORGAN = 3

BRANCH_SIZES = ((3, 6), (7, 20), (21, 49), (50, 88))
"""Bands of branch sizes, in members."""
