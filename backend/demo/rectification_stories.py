"""What the main town has been told to put right this year, each item as far along as the demonstration shows.

Invented after the handbook's list of typical problems. One item a line: key, source, category, severity, unit, begun,
due (a day or `standing`), how far, done on, whether residents are affected | problem | measure | result. Days are
written `08-17` and lie in 2026; a dash stands for nothing.
"""

from typing import NamedTuple

_TABLE = """
READ supervision village_affairs general 柳塘村 10-26 12-15 rectifying - yes | 公开栏财务信息超过一个季度未更新 | \
补公开第三季度收支明细，由村务监督委员会逐月签字后张贴 | -
ACTED_ON party_building_patrol member_management general 柳塘村 11-18 12-25 assigned - no | 流动党员联系记录中断 | \
逐人电话联系，补建联系台账 | -
CHANGED self_review institution general 槐荫村 11-17 12-31 signed_for - no | 村级档案缺少承包合同副本 | \
向承包户复印合同并编号入档 | -
EXTENDED supervision safety_environment important 柳塘村 10-12 11-30 rectifying - yes | 活动场所消防器材过期 | \
更换灭火器十二具，清理疏散通道 | -
EXTENDED_ONCE audit infrastructure important 石桥头村 09-28 11-27 extended - yes | 桥洞排水泵房无人值守、雨后积水 | \
更换水泵两台，落实雨天值守 | -
MERGED self_review village_affairs general 柳塘村 11-12 12-20 rectifying - yes | 公开栏上财务信息还是上半年的 | \
与公开栏更新一并整改 | -
TRANSFERRED assessment dues_finance general 东沟村 11-13 12-20 rectifying - no | 路灯维修合同缺验收单 | \
由城建办公室补办验收手续 | -
SUPERVISED audit dues_finance important 榆桥镇财政所 09-21 11-06 rectifying - yes | 村级资金拨付晚于规定时间 | \
按月编制拨付计划，延误的须说明原因并补发 | -
CORRECTED organizational_life_meeting organization_life general 上坡村 10-30 12-18 rectifying - no | 谈心谈话有遗漏 | \
支部委员分片逐人谈话 | -
REOPENED democratic_life_meeting conduct general 槐荫村 07-06 08-14 reopened 08-07 yes | 干部下沉入户次数少 | \
实行包户到人，每月走访不少于一次 | 两委成员七月起每月走访包联户一次以上，走访记录按月公示
BULK_1 supervision institution general - 11-19 - registered - yes | 应急值班表无人更新 | - | -
BULK_2 supervision institution general - 11-19 - registered - yes | 制度更新后上墙图板未更换 | - | -
RELOOKED inspection_tour dues_finance major 上坡村 03-09 05-08 closed 04-24 yes | 村集体资产出租没有公开招租 | \
清理出租合同，一律公开招租 | 5份合同重新公开招租，租金比原来增加3.2万元
UNASSIGNED supervision village_affairs general 柳塘村 11-19 12-18 registered - yes | 便民电话没有上墙 | - | -
T01 inspection_tour organization_life important 上坡村 04-13 06-30 closed 06-12 no | 三次会议记录缺签名 | \
补签并实行会后当日签字 | 三次会议记录已由参会人员补签，新记录均当日签字
T02 inspection_tour dues_finance major 东沟村 04-13 07-31 closed 07-10 yes | 村集体收入入账不及时 | \
收入三日内入账，出纳会计分设 | 上半年收入38笔全部入账，出纳会计自6月起分设
T03 thematic_education livelihood general 石桥头村 05-11 06-15 closed 06-09 yes | 助餐点卫生检查记录不全 | \
每周检查一次并上墙公示 | 5月以来每周检查记录齐全，已在助餐点公示
T04 thematic_education village_affairs general 槐荫村 05-11 06-30 closed 06-22 yes | 村务公开看不清、字太小 | \
更换大字公开栏，增设广播播报 | 公开栏已换为大字版，每周五傍晚广播播报一次
T05 supervision venue general 柳塘村 05-18 06-20 closed 06-16 yes | 活动场所被杂物占用 | \
清空杂物，明确开放时间 | 活动室已清空，每天8时至20时开放
T06 supervision organization_life general 东沟村 06-01 06-30 closed 06-26 no | 主题党日记录缺少讨论内容 | \
记录模板增加讨论要点 | 5月、6月主题党日记录已补充讨论要点
T07 assessment member_management general 上坡村 06-08 07-15 closed 07-14 no | 考察表漏填半年考察 | \
逐人补填并由联系人签字 | 四名对象的半年考察已补填并签字
T08 party_building_patrol organization_life general 石桥头村 06-15 07-20 closed 07-16 no | 党员大会推迟未说明 | \
补开大会，书面说明原因 | 7月3日补开大会，说明已报组织科备案
T09 epidemic_control safety_environment general 槐荫村 06-22 07-10 closed 07-08 yes | 应急物资台账与实物不符 | \
全面盘点，每月核对 | 盘点后账物相符，每月5日核对
T10 supervision petitions general 东沟村 07-06 07-24 closed 07-22 yes | 热线未接来电未回拨 | \
当日回拨并登记 | 7月以来未接来电27个全部当日回拨
T11 self_review institution general 柳塘村 07-13 08-20 closed 08-18 no | 村级公章使用登记不全 | \
用章先登记，双人签字 | 7月13日起用章登记完整，双人签字
T12 assessment dues_finance general 槐荫村 07-20 08-31 closed 08-27 no | 党费收据编号不连续 | \
作废收据补登记，启用连号收据 | 3张作废收据已补登记，8月起启用连号收据
T13 organizational_life_meeting conduct important 石桥头村 08-03 09-20 closed 09-15 yes | 办事群众反映代办服务推诿 | \
设立代办岗，公布电话和时限 | 代办岗8月10日设立，一个月代办46件均按时办结
T14 supervision venue general 上坡村 08-17 09-30 closed 09-28 yes | 意见箱位置偏僻且正对摄像头 | \
移到村口便民点，调整摄像头角度 | 意见箱已移至便民点，摄像头已调整方向
T15 democratic_life_meeting leadership general 东沟村 08-24 10-15 closed 10-10 no | 整改措施照抄上年 | \
对照今年问题逐条重写 | 措施已逐条重写并经支部大会讨论
T16 supervision village_affairs important 柳塘村 09-07 10-20 closed 10-15 yes | 补贴名单公示写有身份证号 | \
撤下重贴，公示前双人遮盖检查 | 名单当日撤下重贴，建立双人遮盖检查
T17 self_review safety_environment general 石桥头村 09-14 10-31 closed 10-30 yes | 健身器材损坏未修 | \
更换损坏部件并每月检查 | 更换部件六处，10月检查无损坏
T18 management_review institution major 上坡村 08-31 11-10 closed 11-06 no | 内部检查发现的问题没有追到原因 | \
检查表增加原因分析栏并培训 | 新检查表9月启用，已培训检查人员11名
T19 supervision infrastructure general 柳塘村 10-19 11-25 close_requested 11-18 yes | 东头两盏路灯不亮 | \
更换灯具并检查线路 | 11月16日更换两盏灯具，夜间试亮正常
T20 assessment member_management general 槐荫村 10-19 11-28 close_requested 11-17 no | 无职党员设岗定责未公示 | \
重新定岗并公示 | 23名无职党员岗位已公示
T21 inspection_tour dues_finance important 东沟村 09-28 11-20 confirming 11-09 yes | 工程款支付缺少进度证明 | \
补齐进度证明，支付前双人核对 | 6笔工程款进度证明已补齐
T22 supervision livelihood general 石桥头村 10-12 11-20 satisfaction 11-12 yes | 80岁补贴两户未按时发放 | \
补发并核对名册 | 两户补贴11月6日补发，名册已核对
T23 self_review village_affairs general 上坡村 10-12 11-23 closing 11-11 no | 公开栏缺少监督电话 | \
补贴监督电话 | 四处公开栏均已补贴监督电话
T24 supervision safety_environment important 东沟村 10-05 11-25 returned 11-13 yes | 沟渠漂浮垃圾清理不彻底 | \
每周清理两次，设护渠员 | 沟渠漂浮垃圾已清理一遍
T25 party_building_patrol organization_life general 柳塘村 09-21 11-10 rectifying - no | 党小组会记录过于简单 | \
统一记录要点并逐次检查 | -
T26 audit dues_finance important 槐荫村 09-14 10-30 supervised - no | 固定资产台账与实物不符 | \
逐件盘点贴签 | -
T27 supervision institution general 石桥头村 09-09 standing rectifying - yes | 公益岗位在岗情况抽查不经常 | \
每季度抽查一次并公布结果 | -
T28 thematic_education livelihood important 上坡村 10-26 11-26 asking - yes | 饮水管网早晚压力小 | \
更换主管道阀门，错峰供水 | -
T29 county_transfer petitions important 柳塘村 11-09 12-09 planned - yes | 土地流转费拖欠群众反映强烈 | \
约谈流转企业，分两批兑付 | -
T30 assessment venue general 东沟村 11-16 12-25 signed_for - yes | 文体器材借用登记不全 | \
统一登记本并公布借用办法 | -
T31 supervision safety_environment general 石桥头村 11-17 12-10 assigned - yes | 桥头护栏松动 | \
加固护栏 | -
T32 supervision infrastructure general 槐荫村 11-18 12-15 objected - yes | 县道边沟淤积 | \
清理边沟 | -
T33 feedback infrastructure general 东沟村 10-26 11-30 extended - yes | 排水沟盖板松动 | \
更换盖板二十八块 | -
"""


class Item(NamedTuple):
    """One item of the table; `number` is its place in it, from 0."""

    number: int
    key: str
    source: str
    category: str
    severity: str
    unit: str
    begun: str
    due: str
    stage: str
    done: str
    people: bool
    problem: str
    measure: str
    result: str


def _item(number: int, line: str) -> Item:
    head, problem, measure, result = (part.strip() for part in line.split("|"))
    words = ["" if word == "-" else word for word in head.split()]
    return Item._make((number, *words[:9], words[9] == "yes", problem, measure, "" if result == "-" else result))


ITEMS = tuple(_item(number, line) for number, line in enumerate(_TABLE.strip().splitlines()))
