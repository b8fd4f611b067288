import { outboxZh } from '@shared/outbox/words'
import { reportZh } from '@shared/report/words'

export default {
  app: { name: '现场', page: '{title} · 现场', skip: '跳到正文', english: 'EN', chinese: '中', switchTo: ' Switch to English', demo: '示范数据，街道与案件为合成', retry: '再试一次' },
  login: { title: '登录', login: '账号', password: '密码', otp: '动态口令', otpHint: '开通了才要填，6 位', go: '登录', demo: '示范账号', demoWords: '点一个直接登录', notCollector: '这个账号没有采集员职责，看不到现场任务。请管理员授予采集员职责，或换一个账号。', other: '换一个账号' },
  pin: { choose: '设置 PIN', chooseWords: '手机里的任务、照片和未发送的内容都会加密。PIN 至少 6 位数字，每次打开时输入，不要与他人共用。', enter: '输入 PIN', enterWords: '手机里的内容已加密，输入 PIN 后打开。', pin: 'PIN', again: '再输一次', set: '设好，开始', open: '打开', opening: '正在打开', easy: '请用 6 至 12 位数字，不要用连号或同一个数字。', differ: '两次输入不一样。', wrong: 'PIN 有误，还可以试 {n} 次，之后手机上的工作数据会被清除。', wiped: 'PIN 错得太多，手机上的工作数据已清除。请重新登录并设置 PIN。', wipedLost: '这部手机已按挂失清除，平台已得到确认。', wipedDrill: '挂失演练完成：工作数据已清除。请重新登录并设置 PIN。', wipedReplaced: '这部手机上的工作数据已清除。请重新登录并设置 PIN。', 'needs-network': '离线时间超过规定，请连上网络再打开。', 'needs-sign-in': '离线时间超过规定，请重新登录再打开。', 'other-person': '这部手机存着另一位人员的工作。请由本人打开，或由管理员清除。', later: '现在试得太频繁，请一分钟后再试。', notLasting: '这个浏览器不能安全保存内容：关掉页面后未发送的会丢失。', forgot: '忘记 PIN', forgotWords: 'PIN 找不回来。清空后可以重新设置，但没有发送的内容会全部丢失。', empty: '清空并重新设置' },
  today: { task: '{kind}：{what}', title: '今日任务', count: '{n} 件', next: '先去{kind}', verify: '核实', check: '核查', byDue: '按时限', byWalk: '按路线', goNext: '去下一件', walkM: '按此路线约 {distance}', order: '排序', empty: '现在没有任务。看到问题可以拍照上报。', report: '拍照上报', me: '我的', refresh: '更新', updated: '{age}更新', old: '没有网络，显示的是 {age}的任务', before: '{time} 前', map: '地图', hideMap: '收起地图', noPosition: '没有定位，按时限排', queued: '已办，待发送', reading: '正在读取任务', failed: '任务没有读到：{why}', winds: '北,东北,东,东南,南,西南,西,西北', wind: '{wind}方向' },
  task: {
    verify: '核实：{what}', check: '核查：{what}', gone: '这件不在您手上了', goneWords: '可能已被他人办理，或已改派。现在的状态：{state}。', reported: '上报 {time}', now: '现在 {time}', away: '离案点 {distance}', awayUnknown: '没有定位', far: '离案点超过 {n} 米，请走近再拍', take: '到现场拍一张', takeAgain: '再拍一张', drop: '去掉', noReportPhoto: '上报时没有照片', conditions: '结案条件', conditionsFrom: '结案条件来自 {what}。拍照地点须在案点 {n} 米内。', conditionVerify: '立案条件', kind: '类别', change: '改一下', note: '说明', noteHint: '现场看到的情况', noteFail: '写一句为什么不通过', noteNotFound: '写一句现场的情况', photoWord: '现场照片', kindWord: '类别', noteWord: '说明', answerWord: '“{what}”', left: '还差 {n} 项', lack: '还差：{what}', yes: '是', no: '否', confirm: '属实', notFound: '不属实', pass: '通过', fail: '退回重办', words: '上报人写的', handled: '处置单位写的', where: '带我去', kept: '已存下，有网自动送到', sent: '已送达', steps: '经过', after: '处置后 {time}', reading: '正在读取', notOffline: '这件还没有存到手机里，连上网才能打开。', sending: '正在发送', noAnswer: '有条件答“否”，不能通过',
  },
  report: {
    ...reportZh,
    title: '拍照上报', saved: '已存草稿', saving: '正在存', again: '再拍一张', drop: '去掉这张', add: '拍照', fromAlbum: '从相册选', noPhoto: '先拍一张全景，再拍近处。', photo: '照片 {n}', kind: '类别', place: '地点', change: '改一下', move: '挪一下', choose: '选一下', undecided: '还没选', asking: '正在定位', noPlace: '还不知道在哪里',
    byPhoto: '来自照片', byPhone: '手机定位，约 {n} 米', byPin: '图上指的', bySearch: '搜到的', nearAddress: '{address}附近', text: '情况', textHint: '一句话说清是什么', submit: '上报', submitSelf: '上报并当场结案', needPhoto: '照片', needKind: '类别', needPlace: '地点', needText: '情况', needAfter: '处置后照片', self: '当场已经处置好', selfWords: '如扶起护栏、捡走垃圾：拍前后各一张，直接结案。', before: '处置前', after: '处置后', takeAfter: '拍处置后', discard: '不报了，删掉草稿', near: '附近已有 {n} 件，最近 {distance}：{what}', nearOpen: '看一看',
  },
  unsent: { title: '待发送', count: '{n} 条', go: '继续干活', retry: '重试', none: '已全部送达。', onPhone: '手机里已有 {n} 件任务（{time}），没有网也能打开。', signIn: '去登录' },
  conflict: { mine: '我写的', theirs: '平台上', again: '在新状态上再发', comment: '存为备注' },
  ghost: { title: '从同一位置拍', open: '对着第一张照片拍', live: '相机画面', opacity: '第一张', show: '显示', hide: '隐藏', far: '离拍摄点 {distance}', lost: '还没有定位，请对齐画面再拍', hold: '位置合适，对齐画面拍', shoot: '拍', plain: '普通拍照', back: '返回', noCamera: '相机画面打不开，请点“普通拍照”，对照上面的第一张。', turn: { ahead: '往前走', littleLeft: '稍向左转', left: '向左转', littleRight: '稍向右转', right: '向右转', around: '转身' } },
  shift: { title: '上岗与定位', on: '在岗，{since} 起', off: '未上岗', begin: '上岗', end: '下岗', onWords: '正在记录位置，下岗即停', offWords: '不记录位置', endWaiting: '不记录位置。有网络后即告知指挥席已下岗', waiting: '{n} 个位置待发送', dropped: '{n} 个位置不在班次时间内，没有保存' },
  looks: { title: '谁看过我的位置', none: '没有人看过。', reading: '正在读取', terms: '班次最长 {hours} 小时，到时自动结束。位置保留 {days} 天，之后删除。', words: '只有本区域的派遣员和督查员能在您在岗时看到位置，每次查看都记入台账。', again: '再读一次' },
  patrol: { kind: '巡查', why: '久未到过 · 半年内上报 {n} 件', reports: '近半年这里上报 {n} 件。', away: '离这里 {distance}', seen: '上次有人到过：{time}', unseen: '{n} 天以上没有人到过。', how: '走一圈看看。看到问题就拍照上报，没有就点“没有问题”。', nothing: '没有问题', done: '已记下', gone: '这一格不用巡查了。' },
  me: { title: '我的', look: '显示', sun: '强光', light: '浅色', dark: '深色', text: '字号', normal: '标准', large: '大字', out: '退出登录', outUnsent: '还有 {n} 条没有送出，退出后要重新登录才能送。', outAsk: '退出登录？', stay: '先不退', language: '语言', area: '负责范围', position: '定位', positionOn: '已定位，约 {n} 米', positionOff: '没有定位：请在手机设置里允许', chinese: '中文', english: 'English' },
  outbox: outboxZh,
}
