import { outboxZh } from '@shared/outbox/words'
import { reportZh } from '@shared/report/words'

export default {
  app: { name: '城市一起管', page: '{title} · 城市一起管', skip: '跳到正文', english: 'EN', chinese: '中', switchTo: ' Switch to English', demo: '示范数据，街道与案件为合成' },
  tabs: { home: '首页', near: '附近', mine: '我的', name: '主要页面' },
  home: {
    shoot: '看到问题，拍一张', shootWords: '地点和类别我们来填，两步就能提交', album: '从相册选', call: '打 12345', write: '没有照片，写一句也行',
    mine: '我的报告', all: '全部 {n} 件', mineEmpty: '还没有报告。拍一张照片就能开始。', near: '我附近', nearRange: '300 米内', nearAsk: '看看附近正在办什么', nearEmpty: '300 米内没有正在办的问题。',
    nearDenied: '手机没有允许定位，不能看附近。', draft: '有一份草稿', goOn: '接着写', rate: '评价', look: '请看一看',
  },
  report: {
    ...reportZh,
    title: '报告问题', saved: '已存草稿', saving: '正在存', notLasting: '本机不能存草稿，请别关页面', again: '再拍一张', drop: '去掉这张', add: '拍照', fromAlbum: '从相册选', noPhoto: '一张照片比十句话清楚。没有也可以。', photo: '照片 {n}',
    kind: '类别', place: '地点', change: '改一下', move: '挪一下', choose: '选一下', undecided: '由值班员来定', asking: '正在定位', noPlace: '还不知道在哪里',
    byPhoto: '来自照片', byPhone: '手机定位，约 {n} 米', byPin: '您在图上指的', bySearch: '您搜到的', nearAddress: '{address}附近',
    option: '{what}（可不填）', here: '这里已有人报过，是同一件吗？', hereSince: '{at} 报的', hereCount: '{n} 人报过', noKind: '类别待定', same: '我也遇到了，一起跟进', sameWords: '您拍的照片和写的话会一并附上，别人看不到。您有自己的查询码。', another: '不是，我报的是另一件', likely: '按您写的，可能是：', dontKnow: '说不准',
    text: '还想说什么', textHint: '如：晚上这里没有灯，骑车的人看不见', contact: '手机号', contactHint: '有进展发短信给您；不留也能报', contactWhy: '留手机号就能在任何手机上用短信验证码查看，号码只有经办人看得到，每次查看都有记录。',
    blur: '照片只有您和经办的人看得到。可以不留姓名。', submit: '提交', needOne: '拍一张或写一句', needPlace: '还差地点', sending: '正在提交', discard: '不写了，删掉草稿', badContact: '手机号是 11 位数字，如 13812345678',
  },
  hide: {
    title: '遮住照片里的内容', how: '在不想让别人看到的地方画框：人脸、车牌或其他。点一下得到小框，按住框可以拖动。键盘：先添加框，方向键移动，Shift 加方向键改大小，Delete 删除。', photo: '照片', box: '第 {n} 个框', add: '添加框', undo: '撤销一个', keep: '遮住 {n} 处', keepNone: '不遮了', cover: '现在遮住 {n} 处', none: '先画出要遮的地方', covered: '已遮住', takeBack: '恢复',
    open: '遮住第 {n} 张的内容', hidden: '第 {n} 张已遮 {boxes} 处，修改', before: '遮住的地方别人看不到。原图会封存，只有裁定案件的人可凭理由打开，并留下记录。', after: '从现在起别人看不到遮住的地方。您自己画的可以恢复。',
    source: { face: '人脸，系统识别', plate: '车牌或文字，系统识别', person: '值班员遮住的', mine: '您遮住的' },
  },
  done: {
    title: '已收到', kept: '已存在手机里', keptWords: '现在连不上，有网时自动提交。可以关掉页面，照片和文字都在。', refused: '没有提交成功', number: '编号', follow: '看进展', link: '复制跟进链接', copied: '链接已复制，请自己留好：有它就能看、能评价',
    next: '接下来', step1: '值班员看一看，必要时请采集员到场核实', step2: '派给负责的单位，到点办好', step3: '由别人到场核查，再请您评价', phone: '用手机号收短信', phoneWords: '验证一次手机号，就能在别的手机上看到全部报告，有进展会发短信。', asOwn: '单独提交为一件新报告', another: '再报一件', waiting: '正在提交', home: '回首页',
  },
  follow: {
    title: '我的报告', copy: '复制链接', number: '编号 {number}', before: '处置前', after: '处置后', pair: '前后对照', photos: '照片', photoAt: '{kind} {time}', steps: '经过', due: '{time} 前办好', answerBy: '{time} 前有回音', dueLeft: '还有 {left}', late: '已超时 {left}，已催办', early: '比时限早 {left}', overdue: '比时限晚 {left}', paused: '时限已暂停，恢复后接着算',
    notFixed: '没修好', happy: '修好了，评价', rated: '您评了 {n} 星', rate: '评价', rateTitle: '修得怎么样', starsSaid: '{n} 星，{word}', star1: '很不满意', star2: '不满意', star3: '一般', star4: '满意', star5: '很满意', rateWords: '想说的话（可不填）', send: '提交评价', disputeWords: '没有修好？点“没修好”就会重开，并升一级督办，15 天内有效。',
    disputed: '已重开，由上一级督办', thanks: '谢谢，评价已记下', withdraw: '撤回报告', withdrawAsk: '撤回后就不再办理。确定撤回？', withdrawYes: '撤回', keep: '不撤回', appeal: '不同意，申诉', appealTitle: '为什么不同意', appealHint: '说一句理由，会由上一级来看', appealSend: '提交申诉', add: '补充说明', addTitle: '补充说明', addSend: '发送', said: '已送到', reports: '共 {n} 人报告了这一处', updated: '{age}更新', offline: '连不上，显示的是 {age}的情况', missing: '找不到这件报告，链接可能不完整。', undo: '撤销', by: '经办：{unit}', text: '您写的', waitingSend: '要说的话已存下，有网就送到', loading: '正在读取',
    atDesk: '现在在值班台', joined: '您和别人一起跟进这一件，别人写的和拍的看不到。', whyTitle: '哪里没修好', whyWords: '点一个理由就会重开，由上一级督办。', whyOther: '其他情况，写一句', whySend: '提交',
    why: { same: '还是老样子', part: '只修了一部分', again: '又坏了', mess: '修了，现场没收拾' },
    did: {
      report: '收到报告', join: '多一人报告了这一处', send_verify: '请采集员到场看一看', confirm: '到场看过，情况属实', not_found: '到场没有找到', register: '已受理', refuse: '决定不立案', file: '已立案', dispatch: '派给负责单位', accept: '单位已接手', return: '单位说不归他们管', redispatch: '改派给别的单位', rule: '定下由谁来办', finish: '单位说已办好', ask_delay: '单位申请延期', grant_delay: '同意延期', refuse_delay: '不同意延期', ask_suspend: '单位申请暂缓', grant_suspend: '同意暂缓', refuse_suspend: '不同意暂缓', resume: '继续办理', pass: '别人到场核查，通过', fail: '到场核查，没有通过', close: '办结', send_back: '退回重做', rate: '作了评价', dispute: '反映没修好', appeal: '提出申诉', reopen: '重新办理', uphold: '维持原来的结果', withdraw: '已撤回', comment: '补充说明', urge: '已催办', escalate: '交上一级督办', merge: '并入同一处的报告', self_handle: '采集员当场处理好',
    },
    state: {
      reported: '已收到，值班员在看', verifying: '正请人到场核实', unfounded: '现场没有找到，正在复看', registered: '已受理', filed: '已立案，正在派单', dispatched: '已派给负责单位', returned: '正在改派单位', arbitration: '正在定由谁来办', handling: '正在处置', delay_asked: '正在处置', suspend_asked: '正在处置', suspended: '暂缓处置', checking: '已修，正请人核查', checked: '核查通过，即将结案', disputed: '已重开，上一级在看', closed: '修好了', rejected: '没有立案', withdrawn: '您已撤回', merged: '已并入同一处的报告', voided: '已作废',
    },
  },
  code: { title: '凭编号和查询码再找到', number: '编号', code: '查询码', words: '截个图或抄下来：在任何手机上凭它就能看进展、评价，不用注册。', find: '用编号和查询码找报告', go: '查找', wrong: '编号是 8 位加 6 位数字，查询码是 20 位字母和数字，请对照检查' },
  expect: { title: '一般要多久', most: '同类的 10 件里有 9 件在 {most}内办结，一半在 {half}内。', half: '同类的一半在 {half}内办结；慢的还在办，说不准。', basis: '根据{area}近 {days} 天报告、已办结的 {n} 件，按自然时间算。', basisWaiting: '根据{area}近 {days} 天报告、已办结的 {n} 件，按自然时间算；还在办的 {waiting} 件也算在内。', by: '一般在 {time} 前办结', longer: '已经比 10 件里的 9 件都久了' },
  near: { doneAt: '{what}，{at} 办结', title: '附近', within: '{n} 米内正在办的', here: '定位到我', map: '地图', asking: '正在定位', empty: '这里没有正在办的问题。', list: '列表', cannotLocate: '现在定不了位，先看市中心。', words: '能看到的是正在办的问题，看不到是谁报的。' },
  news: {
    title: '通告', all: '全部 {n} 条', one: '通告', here: '您所在的地方', elsewhere: '其他地方', over: '已结束', none: '目前没有通告。', until: '至 {time}', period: '{from} 至 {until}', when: '时间', where: '范围', by: '发布',
    withdrawn: '{time} 已撤回：{why}', endedEarly: '{time} 提前结束', noPosition: '现在定不了位，以下为全部通告。', words: '关注区域后，有通告会马上告诉您。',
  },
  mine: {
    title: '我的', reports: '我的报告', unsent: '没有送出的', signIn: '用手机号登录', signInWords: '收一个短信验证码就好，不设密码。登录后在任何手机上都能看到自己的全部报告。', phone: '手机号', getCode: '收验证码', code: '短信里的验证码', verify: '登录', codeSent: '验证码已发到 {phone}，几分钟内有效。', again: '再发一次', againIn: '{n} 秒后可再发', out: '退出登录', signedIn: '已登录：{name}', onPhone: '存在这部手机上的', forget: '从这部手机上去掉', forgotten: '已去掉，凭链接仍可查看', settings: '设置', empty: '还没有报告。', badPhone: '手机号是 11 位数字，如 13812345678', badCode: '验证码是 6 位数字', none: '都已送到。', plain: '无脚本的简版页面',
  },
  data: {
    title: '我的数据', file: '平台保存的我的全部数据', fileWords: '一个文件，里面有账号、报告、照片、通知、关注的区域和谁查看过您的数据，用浏览器就能看，程序也能读。文件保留一天，每天最多三次。', ask: '生成文件', again: '重新生成', packing: '正在打包', fetch: '下载（{mb} MB）', signIn: '用手机号登录后可以查看。',
    forget: '注销账号', goes: '会删除：手机号、姓名、登录、通知、关注的区域、提醒和文件。', stays: '会保留：您的 {n} 件报告，因为是公共事务。文字和打了码的照片还在，但与您再无关联，您也不能再跟进和评价。', law: '依法保留：台账只记某个随机代号在什么时候做了什么，没有手机号和姓名。', sendCode: '给我的手机发验证码', forgetNow: '永久注销', forgotten: '账号已注销', forgottenWords: '不用账号也能继续报告；以后随时可以用手机号重新登录。',
  },
  areas: {
    title: '我关注的区域', words: '每天 {hours} 点告诉您那里新受理、办结了几件，没有新的就不打扰。只有件数，看不到是谁报的。', signIn: '用手机号登录后可以关注区域。', none: '还没有关注区域。', stop: '取消关注', stopped: '已取消关注',
    add: '关注一个区域', round: '我现在的位置周围', within: '{n} 米', coarse: '位置先约到 100 米左右再送出。', township: '街道或乡镇', chooseTownship: '请选择', classes: '只看这些类别（都不选就是全部）', follow: '关注', followed: '已关注', noPosition: '现在定不了位，请选街道或乡镇。', all: '全部类别', news: '最近的消息', noNews: '还没有新消息。', circle: '约 {lat}，{lon}',
  },
  push: {
    title: '在这部手机上提醒', off: '报告有进展时马上提醒，关着页面也能收到。消息里只有编号和一句话。', on: '已打开。您的报告有进展时会提醒。', switchOn: '打开提醒', switchOff: '关闭提醒',
    denied: '浏览器不允许本页面发提醒。请在浏览器的网站设置里改为允许，再打开本页。', unsupported: '这个浏览器不能显示提醒。苹果手机请先把本页添加到主屏幕；其他手机可留下号码，我们发短信。',
  },
  outbox: outboxZh,
}
