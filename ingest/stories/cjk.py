"""
Chinese, Japanese and Korean: simplified characters for traditional ones, and pairs of characters as tokens.

In a language without spaces, a pair of characters says what a word says elsewhere. An article has a hundred of them:
as arrays of numbers they take a tenth of the time that looking each up in a dictionary takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from zlib import crc32

import numpy as np
import numpy.typing as npt

from data.text.nfkc import SEPARATOR, codes_of, text_of

Ints = npt.NDArray[np.int64]
Tokens = npt.NDArray[np.uint64]

# The characters that headlines on business and technology use.
_TRADITIONAL = (
    "亂亞來個們倫偵側傑備傳債傷傾僅價儀億優儲兩冊凍凱別刪則剛創劃劇劉劑勁動務勝勞勢勳勵勸區協單卻厲參叢吳"
    "呂員問啟啓喪喬嗎嘗嚴國圍園圓圖團執堅報場塊塗塵墊墜墮壇壓壞壯壽夠夢奪奮妝婦媽孫學寧審寫寬寶將專尋對導"
    "屆層屬岡島峽崗嶺巖幣帥師帳帶幫幹幾庫廠廢廣廳張強彈彙彎徑從復徹恆惡惱愛態慘慣慮慶憂憑憲憶應懷懸戰戲戶"
    "拋挾捨掃掛採揚換揮損搖搶摺撐撥撲擁擇擊擋擔據擠擬擴擺攝攤攬敗敘敵數斃斷於時晉暫曆曉會東條極楊構槍槓樂"
    "樓標樞樣樹橋機檔檢檯櫃權欄歐歡歲歷歸殘殺毀氣決沒況洩淚淨淺測渾湧湯溝溫滅滯漢漲漸潛潤澤濃濟濾瀏灣災為"
    "烏無煉煩熱燈營爍爐爭爺爾牆牽犧狀獎獨獲獻現瑪環產畢畫異當療瘋發盜盡監盤確碼磚礎礙礦禮禦禪稅種稱穀穩積"
    "窩窮競筆築簡簽籌籤粵糧糾紀約紅納紐純紙級紛細紹終組結絕給統絲經綜綠維綱網緊線緩編緣練縣縮縱總績織繞繪"
    "繼續纖罰罷羅義習聖聞聯聰聲職聽肅脅脈腦腳臉臨臺與興舉舊艙艦艱艷莊華萬葉蓋蔣蕭薦藍藝藥蘇蘋蘭處虛號虧蝕"
    "蟲術衛衝補裝裏裡製複襲見規視親覺覽觀觸計訂討訊訓記訪設許訴診註証評詐試詢該詳誇誌認誕誘語誠誤說誰課調"
    "談請論諮講謀謝證譜譯議護譽讀變讓讚豐貝負財貢貧貨販貪貫責貴買貸費貿賀資賓賠賣質賬賭賴購賽贈贏趙趕趨跡"
    "踐躍車軌軍軟較載輔輕輛輝輪輯輸轉轟辦農連進遊運過達違遙遜遞遠適遲遷選遺邁還邊邏郵鄉鄭醫釋針釣鈔鈦鈾鉅"
    "銀銅銳銷鋁鋒鋪鋰鋼錄錢錯鍋鍵鎊鎖鎮鏈鏡鐘鐵鑑長門閃閉開閒間閘閣閱闆關陣陰陳陸陽際隨險隱隸雖雙雜雞離難"
    "雲電霧靈靜響頁頂項順須預頒頓領頭頻題額顏願類顧顯風颱飆飛飯飲飽餘館馬馮駐駕駛騎騙騰驅驗驚骯體髮鬆鬥鬧"
    "魚鮮鳥鴻鵬鷹鹽麗麥麼黃點黨齊齡龍龐週佈佔係併傭僱兇冪凈叡吋嘩囑夥姪娛峯崑恥慾捲搾朮毆洶滙匯滲滬濱瀕瀾"
    "灘燒燙犢瑣璽癱瞭矽穌竊罈膚膠蒐蔭蠶裊褲謊賺蹤軸迴錶鑽陞隻韓韌飼鬱鷗鴨鳳鯨麵"
)
_SIMPLIFIED = (
    "乱亚来个们伦侦侧杰备传债伤倾仅价仪亿优储两册冻凯别删则刚创划剧刘剂劲动务胜劳势勋励劝区协单却厉参丛吴"
    "吕员问启启丧乔吗尝严国围园圆图团执坚报场块涂尘垫坠堕坛压坏壮寿够梦夺奋妆妇妈孙学宁审写宽宝将专寻对导"
    "届层属冈岛峡岗岭岩币帅师账带帮干几库厂废广厅张强弹汇弯径从复彻恒恶恼爱态惨惯虑庆忧凭宪忆应怀悬战戏户"
    "抛挟舍扫挂采扬换挥损摇抢折撑拨扑拥择击挡担据挤拟扩摆摄摊揽败叙敌数毙断于时晋暂历晓会东条极杨构枪杠乐"
    "楼标枢样树桥机档检台柜权栏欧欢岁历归残杀毁气决没况泄泪净浅测浑涌汤沟温灭滞汉涨渐潜润泽浓济滤浏湾灾为"
    "乌无炼烦热灯营烁炉争爷尔墙牵牺状奖独获献现玛环产毕画异当疗疯发盗尽监盘确码砖础碍矿礼御禅税种称谷稳积"
    "窝穷竞笔筑简签筹签粤粮纠纪约红纳纽纯纸级纷细绍终组结绝给统丝经综绿维纲网紧线缓编缘练县缩纵总绩织绕绘"
    "继续纤罚罢罗义习圣闻联聪声职听肃胁脉脑脚脸临台与兴举旧舱舰艰艳庄华万叶盖蒋萧荐蓝艺药苏苹兰处虚号亏蚀"
    "虫术卫冲补装里里制复袭见规视亲觉览观触计订讨讯训记访设许诉诊注证评诈试询该详夸志认诞诱语诚误说谁课调"
    "谈请论咨讲谋谢证谱译议护誉读变让赞丰贝负财贡贫货贩贪贯责贵买贷费贸贺资宾赔卖质账赌赖购赛赠赢赵赶趋迹"
    "践跃车轨军软较载辅轻辆辉轮辑输转轰办农连进游运过达违遥逊递远适迟迁选遗迈还边逻邮乡郑医释针钓钞钛铀巨"
    "银铜锐销铝锋铺锂钢录钱错锅键镑锁镇链镜钟铁鉴长门闪闭开闲间闸阁阅板关阵阴陈陆阳际随险隐隶虽双杂鸡离难"
    "云电雾灵静响页顶项顺须预颁顿领头频题额颜愿类顾显风台飙飞饭饮饱余馆马冯驻驾驶骑骗腾驱验惊肮体发松斗闹"
    "鱼鲜鸟鸿鹏鹰盐丽麦么黄点党齐龄龙庞周布占系并佣雇凶幂净睿寸哗嘱伙侄娱峰昆耻欲卷榨术殴汹汇汇渗沪滨濒澜"
    "滩烧烫犊琐玺瘫了硅稣窃坛肤胶搜荫蚕袅裤谎赚踪轴回表钻升只韩韧饲郁鸥鸭凤鲸面"
)
TO_SIMPLIFIED = str.maketrans(_TRADITIONAL, _SIMPLIFIED)

_SCRIPTS = (range(0x3400, 0xA000), range(0x3040, 0x3100), range(0xAC00, 0xD7A4))  # both characters are of one of these


class BigramTokens:
    """Finds pairs of characters. `weights` are thousandths by pair, `unknown` is the weight of any other pair."""

    def __init__(self, weights: Mapping[str, int], unknown: int) -> None:
        known = {pair: weight for pair, weight in weights.items() if len(pair) == 2 and _is_character(pair[0])}
        firsts, seconds = (sorted({pair[at] for pair in known}) for at in (0, 1))
        self._row, self._column = _positions(firsts), _positions(seconds)
        # 1,700 × 1,700: two indices find a weight, where a binary search through sorted pairs takes thirteen steps.
        self._weights = np.full((len(firsts) + 1, len(seconds) + 1), unknown, np.uint64)
        for pair, weight in known.items():
            self._weights[self._row[ord(pair[0])], self._column[ord(pair[1])]] = weight

    def find(self, text: str) -> tuple[Ints, Tokens, str]:
        """
        For each pair the number of its text, and its token; then the texts without the pairs.

        `text` is several texts joined by SEPARATOR. A run of characters leaves its first one: words stay apart.
        """
        codes = codes_of(text)
        script = _script_by_code()[codes]
        is_first = (script[1:] == script[:-1]) & (script[1:] > 0)
        at = np.flatnonzero(is_first)
        owner = np.cumsum(codes == ord(SEPARATOR))[at]
        first, second = codes[at], codes[at + 1]
        heads, tails = _hashes()
        weight = self._weights[self._row[first], self._column[second]]
        tokens = (heads[first] ^ tails[second]) << np.uint64(32) | weight << np.uint64(16)
        rest = codes[np.concatenate([[True], ~is_first])] if len(codes) else codes
        return owner, tokens, text_of(rest)


def bigrams(text: str) -> Iterator[str]:
    """The pairs of one text whose tokens `BigramTokens.find` gives."""
    scripts = (next((i for i, script in enumerate(_SCRIPTS) if ord(char) in script), -1) for char in text)
    for (first, script), (second, other) in pairwise(zip(text, scripts, strict=True)):
        if script == other >= 0:
            yield first + second


def _is_character(char: str) -> bool:
    return any(ord(char) in script for script in _SCRIPTS)


def _positions(chars: list[str]) -> npt.NDArray[np.intp]:
    """Code point → the character's position among these, from 1; 0 for all others."""
    positions = np.zeros(0x10000, np.intp)
    positions[list(map(ord, chars))] = np.arange(len(chars)) + 1
    return positions


@cache
def _script_by_code() -> npt.NDArray[np.uint8]:
    scripts = np.zeros(0x10000, np.uint8)
    for number, script in enumerate(_SCRIPTS, 1):
        scripts[script.start : script.stop] = number
    return scripts


@cache
def _hashes() -> tuple[Tokens, Tokens]:
    """The parts of a pair's CRC-32 by its first and by its second character: crc(ab) = head(a) xor tail(b)."""
    heads, tails = np.zeros(0x10000, np.uint64), np.zeros(0x10000, np.uint64)
    empty = crc32(bytes(3))
    for script in _SCRIPTS:
        characters = [chr(code).encode() for code in script]  # three bytes each
        heads[script.start : script.stop] = [crc32(character + bytes(3)) ^ empty for character in characters]
        tails[script.start : script.stop] = [crc32(character) for character in characters]
    return heads, tails
