/** 值守台的文字。 */
export default {
  shell: {
    nav: '主导航', skip: '跳到内容', desk: '值守', unit: '本单位', new: '接报', cases: '案件', forecast: '抢救', statistics: '评价', insight: '洞察', ledger: '账本', people: '人员', settings: '设置', find: '搜索与命令', findHint: '搜索案件、地点，或输入命令',
    otherLanguage: 'EN', newCase: '登记新案件', notices: '通知', noNotices: '没有未读通知。', readAll: '全部已读', markRead: '标为已读', unread: '{n} 条未读通知', unreadShort: '条未读', account: '账户',
    until: '至 {date}', noEnd: '长期', signOut: '退出登录', nowhere: '没有这一页', nowhereHint: '地址可能已变，案件可按编号搜索。', noServer: '连不上平台', scope: '范围：{area}', choose: '选择', execute: '执行', onlyCommands: '只看命令',
    deskHint: '待办与地图', newHint: '登记市民来电', unitHint: '本单位的任务', casesHint: '全部案件列表与导出', forecastHint: '还能救的案件', statisticsHint: '指标、排名与月报', insightHint: '退单台账与沉默预警', ledgerHint: '谁做了、谁看了', peopleHint: '人员与授权', settingsHint: '语言、外观、二次验证',
    group: { selected: '对选中案件', cases: '案件', places: '地点与网格', commands: '命令' },
  },
  login: {
    title: '登录', name: '登录名', password: '密码', otp: '6 位动态码', haveOtp: '使用动态码', enter: '登录', entering: '正在登录', oidc: '用市统一身份登录',
    demo: '示范城市的人员', demoHint: '点一下即以此人登录，口令只在示范城市有效。',
  },
  desk: {
    title: '待办', scope: '{area} · 按剩余时间', byTime: '按剩余时间', views: '视图', view: { mine: '我的', unacknowledged: '未确认', due: '30 分钟内到期', all: '全部', late: '已超时' },
    group: { late: '已超时', due: '30 分钟内到期', others: '其余', paused: '停表中', ended: '已结束' },
    empty: { all: '没有待办案件。新报告会自动出现在这里。', mine: '没有等您办理的案件。', unacknowledged: '没有未确认的案件。', due: '没有 30 分钟内到期的案件。', late: '没有超时的案件。' },
    seeAll: '看全部', searchQueue: '编号、标题或地点', filter: '筛选', filtered: '筛选 {n}', any: '不限', reports: '{n} 人报告', move: '移动', down: '下一件', up: '上一件', open: '打开案件', resize: '调整队列宽度', centre: '居中到选中案件',
  },
  case: {
    title: '案件详情', hide: '收起，回到列表', copyLink: '复制链接', noClass: '未定类别', kind: { component: '部件', event: '事件' }, state: '状态', class: '类别', unit: '责任单位', paused: '停表中', noLimit: '无时限', timeLeft: '剩余时间', stageLimit: '{stage}阶段', wholeDue: '全案 {at} 到期',
    isLate: '已超时', wasLate: '超时结案', tookUntil: '用时，{at} 结束', started: '{at} 开始', due: '{at} 到期', pausedFor: '已停表 {time}', takenAt: '{at} 拍摄', component: '最近部件：{name}', reportedBy: '来源：{source}',
    source: { collector: '采集员', citizen: '市民', hotline: '热线', app: '市民应用', desk: '值守台', open311: 'Open311', api: '其他系统', video: '视频', leader: '领导交办', media: '媒体', sensor: '感知设备' },
    loop: '办理进度', why: '为什么派到这里', routing: '规则', version: '第 {n} 版', limit: '时限', confidence: '依据', confidenceOf: { standard: '国家或行业标准', local: '本地规定', published: '公开文件', constructed: '示范值，待本市核定', memory: '行业惯例，待核定' }, grant: '授权', grantNumber: '授权 {n}', suggested: '建议派往', tier: '{tier} 类区域', closing: '结案条件', merged: '已并入本案', parent: '上级案件', mergedInto: '已并入', children: '子案件', duplicates: '可能重复', history: '经过', earlier: '再看较早的 {n} 条', system: '系统',
    whoLooked: '谁做了、谁看了', actions: '可办事项', moreActions: '其余 {n} 项', noActions: '此案件现在没有需要您办理的事项。', did: '已{verb}：{number}', changed: '您看的时候，别人已办理：', newer: '此案件有更新。', showNewer: '显示新内容', understood: '知道了',
  },
  intake: {
    suggestedClasses: '建议类别', suggestedPlaces: '描述中的位置', because: '依据:{words}', component: '最近部件:{name},{n} 米', noneOfThese: '可能不属于任何类别;如有合适的请在下方选择。', within: '误差约 {n} 米',
    title: '登记来电', what: '什么问题', whatHint: '按来电人原话记录', where: '在哪里', whereHint: '搜索地点，或在地图上点一下', findPlace: '地名、路口、门牌或网格编码', address: '具体位置', classHint: '可由受理员确定', rule: '立案条件', photos: '照片', caller: '来电人', phone: '电话', contactHint: '仅办理人员可见，用于回访。',
    likely: '很可能相同', maybe: '可能相同', near: '附近可能是同一问题的 {n} 件', send: '登记', opened: '已登记 {number}', mapLabel: '选择地点', mapHint: '在地图上点一下，标出位置',
  },
  unit: {
    summary: '在手 {n} 件，超时 {late} 件', accept: '待接单', hand: '处置中', back: '退回返工', asked: '已申请与待核查', no: { accept: '没有待接单的任务。', hand: '手上没有任务。', back: '没有退回返工的任务。', asked: '没有等待答复的申请。' },
  },
  cases: { export: '导出当前筛选', print: '打印', since: '自', until: '至', number: '编号', what: '问题', place: '地点', opened: '上报', left: '剩余', closedAt: '{at} 结束', none: '没有符合条件的案件。放宽筛选再试。', shown: '已列出 {n} 件' },
  mass: {
    bar: '对所选案件的操作', chosen: '已选 {n} 件', nothing: '所选案件没有可批量办理的步骤。', leave: '取消选择', choose: '选择案件', chooseOne: '选择 {number}', chooseAll: '全选本页', title: '批量{verb}：{n} 件', lead: '确认前不会写入任何内容；期间有变动的案件保持不变。', suggested: '按派遣规则各派各的责任单位',
    will: '将办理 {n} 件', willNot: '{n} 件不办理，原因', run: '{verb} {n} 件', progress: '进度', soFar: '{done} / {of}，{failed} 件未办', allDone: '已{verb} {n} 件', someDone: '已{verb} {n} 件，{failed} 件未办', allBack: '已撤销 {n} 件', someBack: '已撤销 {n} 件，{stays} 件保留：{first}',
  },
  forecast: {
    title: '还能救', summary: '{n} 件尚未超期但可能超期', hint: '在办且未超期，超期可能性高者在前。{at}计算，每十分钟更新。', none: '目前没有可能超期的在办案件。', noModel: '预测尚未学习本市历史。需有 200 件到期案件、其中 20 件超期，之后自动学习。',
    unproven: '最近一次训练不优于类别基准，暂不预测：{reason}', chance: '超期概率', chanceOf: '超期可能性 {n}%', due: '{at}到期', left: '剩余时间', why: '原因', noWhy: '无突出原因', believe: '预测可信度', score: 'Brier 得分 {brier}；类别基准 {base}，加时限进度的基准 {stage}。越小越好。',
    tested: '用较旧案件学习，在较新案件的 {tested} 个时点上检验；共 {samples} 个时点，{at}训练。', plot: '预测与实际', said: '预测', happened: '实际', line: '预测 {said}：{rows} 个中 {late} 超期', perfect: '完全一致',
  },
  views: { title: '已存视图', none: '还没有视图，可为当前筛选起名保存。', own: '我的视图', ofUnit: '本单位共享', name: '视图名称', nameHint: '为当前筛选起名', save: '保存', rename: '改名', share: '共享', shared: '已共享', remove: '删除 {name}' },
  statistics: {
    title: '综合评价', area: '区域', allAreas: '全部区域', headlines: '主要指标', reported: '上报案件', before: '上一周期 {n}', moved: '较上一周期 {n} 点', reading: '正在统计', none: '周期内没有案件。', tooShort: '周期太短，暂无走势。',
    indicator: '指标', counted: '分子', of: '分母', rest: '差额', share: '数值', change: '变化（点）', unclocked: '{n} 件无时限记录', all24: '二十四项指标', league: '处置单位', leagueHint: '校正值按类别构成间接标准化；竖线为原始值；名次区间把握 90 %。点击单位查看未达标案件。',
    due: '应计', raw: '原始', corrected: '校正', bar: '对比', ranks: '名次区间', alone: '无可比单位', trend: '走势', punctuality: '时限内完成进度', punctualityHint: '横轴为已用时限，竖线为时限终点；停表时间已扣除。', finished: '已办结', heat: '案件分布', stopclock: '停表时间', reason: '原因', hours: '小时',
    report: '月报 {kind}', figures: '数据 {kind}', close: '关闭', save: '保存可校验文件', cite: '数据取自账本位置 {position}，口径 {version}，可随时重算。', part: { numerator: '计入案件', denominator: '应计案件', rest: '未计入案件' },
  },
  insight: {
    title: '洞察', file: 'CSV 文件', returns: '退单台账', silence: '沉默预警', sum: '{cases} 件案件共回退 {n} 次，往返耗时 {hours} 小时。', byUnit: '回退单位', byRule: '引用条款', rule: '引用条款', to_arbiter: '提交裁决', back_again: '又派原单位', hours_lost: '耗时（小时）', wait: '至接单（小时）',
    pairs: '往返推诿', between: '单位之间', back: '退回对方', newest: '最近案件', itself: '又派原单位', matrix: '谁回退（行），随后派给谁（列）', matrixHint: '行为回退单位，列为随后承办单位；对角线为又派原单位。', matrixLeft: '另有其他单位的 {n} 次转派未画出。', moved: '{from}转{to}：{n} 次', noPairs: '没有在单位之间往返的案件。',
    rulings: '裁决与路由建议', rulingsHint: '取周期末之前半年的裁决；每条建议的规则都已用这些裁决试算。', would: '{n} 件中 {then} 件可一次派对（现行 {today} 件）。', replaces: '接替第 {n} 号规则。', setRoute: '采用此规则', sure: '再按一次确认采用', forAdmin: '规则内容（供管理员）', noRulings: '没有需要裁决的案件。', noSuggestion: '没有需要调整路由的裁决。', others: '未形成建议的裁决（{n}）',
    why: { routed: '现行路由已是如此。', divided: '裁决不一致，无法归纳成规则。', rare: '裁决次数太少。', none: '没有规则能做到。' },
    list: '回退记录（{n}）', sentBy: '派遣人', by: '回退单位', next: '下一步', waits: '待重新派遣', waitsArbiter: '待裁决', noReturns: '周期内没有单位回退案件。',
    level: '位置', levels: { finest: '数据允许的最细层级', cell: '单元网格', village: '社区（村）', township: '街道（镇）' }, window: '时段', days: '最近 {n} 天', tested: '{from} 至 {to}：{tested} 个序列与自身历史比较，另有 {left} 个上报太少无法比较；预警中预期误报不超过 {promise} %。',
    tooShort: '历史还不够：至少需要四个更早的时段。', noSilence: '没有明显低于自身历史的上报。', kind: '类型', what: '情况', expected: '应有', observed: '实有', chance: 'q 值', since: '自何日起', perDay: '每日上报', spark: '{n} 天每日上报，最多 {max} 件，自 {since} 起偏少',
    kinds: { all: '全部', place: '位置', class: '类别', patrol: '巡查', unit: '采集单位' },
  },
  ledger: {
    via: { session: '网页', api_key: '接口密钥', public: '公众', system: '系统' }, title: '账本', everything: '全部', looks: '查看', changes: '改动', subject: '案件编号或对象', appendOnly: '只增不改 · {n} 条 · 检查点 {age}', verifyAll: '核对全部', checking: '正在核对', position: '序号', time: '时间', who: '谁', what: '做了什么', on: '对象', purpose: '用途或依据', seen: '看到或改动', area: '区域',
    hour: '{date} · {hour} 时', none: '您的范围内还没有条目。', entry: '第 {n} 条', looked: '查看',
    verdict: { asking: '正在核对', proved: '这一条没有被改过', wrong: '证明不成立，请立即报告审计员', unable: '此浏览器不能核对，可下载证明离线核对', failed: '没有取到证明', waiting: '等待下一个检查点（约一秒）' },
    leaf: '本条指纹', inTree: '在树中，证明 {n} 步', ms: '{n} ms', signedAt: '检查点 {at} 已签名', signature: 'Ed25519', witnesses: '外部见证 {n}', download: '下载证明', again: '再核对', treeLabel: '从本条到检查点的证明路径，{n} 步', checkpointAt: '检查点 #{n}', thisOne: '本条', levelsCut: '中间 {n} 层',
    rewritten: '账本与本机记下的第 {n} 条检查点不一致，请立即报告审计员。', notIncluded: '第 {n} 条不在账本中，请立即报告审计员。', allProved: '本页 {n} 条全部核对无误，检查点含 {size} 条。',
  },
  ledgerAction: {
    report: '上报', reported: '上报', looked: '查看', opened: '打开', look: '查看', view: '查看', listed: '列出', exported: '导出', register: '受理', refuse: '不予立案', file: '立案', dispatch: '派遣', redispatch: '重新派遣', accept: '接单', return: '回退', finish: '处置完成', pass: '核查通过', fail: '核查不通过', close: '结案', rate: '评价', dispute: '提出异议', reopen: '重开', uphold: '维持结案', void: '作废', merge: '并案', unmerge: '撤销并案', take_back: '撤回此步',
    urge: '催办', comment: '批注', escalate: '升级', send_verify: '送核实', confirm: '核实属实', not_found: '核实不属实', withdraw: '撤回', self_handle: '自行处置', rule: '裁决', ask_delay: '申请延期', grant_delay: '准予延期', refuse_delay: '不准延期', ask_suspend: '申请挂账', grant_suspend: '准予挂账', refuse_suspend: '不准挂账', resume: '恢复办理', split: '拆分', send_back: '退回', appeal: '申诉',
    signed_in: '登录', signed_out: '退出', given: '授权', revoked: '收回授权', delegated: '转授权', created: '新建', taken_in: '上传照片', enrolled: '设置二次验证',
    session_opened: '登录', session_closed: '退出登录', session_refused: '登录被拒', person_created: '新建账号', person_closed: '停用账号', person_opened: '启用账号', person_registered: '居民注册', grant_given: '授权', unit_created: '新建单位', key_made: '新建接口密钥', key_withdrawn: '收回接口密钥', classifier_trained: '训练分类模型', masters_loaded: '载入标准表', masters_route_added: '新增派遣规则', cases_mass: '批量办理', cases_mass_undone: '撤销批量办理', cases_view_unshared: '停止共享视图', cases_view_shared: '共享视图', masters_route_ended: '停用派遣规则', component_registered: '登记部件', components_registered: '批量登记部件', component_changed: '更新部件', component_moved: '移动部件',
    places_cells_laid: '划分单元网格', places_divisions_loaded: '载入区划', places_grids_registered: '登记责任网格', places_named: '登记地名', places_unit_answers: '设定网格责任单位', totp_begun: '开始设置二次验证', totp_confirmed: '启用二次验证', totp_disabled: '停用二次验证', password_changed: '修改密码', oidc_linked: '关联统一身份', notices_preferred: '设置通知方式', notices_sent_again: '重发通知', ledger_witnessed: '外部见证',
  },
  ledgerSubject: { mass: '批量办理', view: '已存视图', classifier: '分类模型', person: '人员', grant: '授权', unit: '单位', route: '派遣规则', masters: '标准表', places: '地点', managed: '管理范围', components: '部件', component: '部件', key: '接口密钥', photo: '照片', notice: '通知', session: '会话', ledger: '账本' },
  ledgerBy: { password: '密码', phone: '短信验证码', oidc: '统一身份', api_key: '接口密钥' },
  ledgerDetail: {
    by: '方式', ip: 'IP', duty: '职责', duty_zh: '职责名称', from: '原状态', to: '新状态', grant: '授权', said: '填写', verb: '事项', version: '版本', source: '来源', state: '状态', reporter: '看到报告人', kind: '类型', code: '编码', login: '登录名', people: '人数', purpose: '用途', valid_from: '自', valid_to: '至', delegated_from: '转授自', names: '地名数', cells: '网格数', communities: '社区数', kept: '保留', name: '名称', note: '说明', photos: '照片', unit: '单位', units: '单位', rule: '立案条件', reason: '理由', hours: '小时', until: '至', rating: '评分', into: '并入',
    former: '曾用', today: '现行', unresolved: '未对应', changed: '变更', ended: '停用', new: '新增', class: '类别', dept_kind: '部门类型', priority: '优先级', components: '部件数', first: '首个', last: '末个',
  },
  people: {
    title: '人员与授权', find: '姓名、登录名', add: '新增人员', name: '姓名', post: '职务', account: '账户', open: '可用', closed: '已停用', totp: '二次验证', none: '没有找到人员。', closeAccount: '停用账户', openAccount: '启用账户', duty: '职责', area: '区域代码', areaHint: '区划代码前缀，如 350203；空为全市', from: '起', to: '止', give: '授权',
    given: '已授予{name}：{duty}', grants: '授权', grantsOf: '{name}的授权', noGrants: '没有授权。', revoke: '收回', revoked: '已收回 {n} 项授权', handOn: '转授', handTo: '转授给', handed: '已转授',
  },
  settings: {
    screen: '屏幕', chinese: '中文', english: 'English', totp: '二次验证', totpWhy: '登录时除密码外再输入一次动态码。', enrol: '开始设置', scan: '用验证器应用扫描，再输入它显示的动态码。', qr: '二维码', secret: '不能扫描时输入密钥：', switchOn: '启用', switchOff: '停用', totpIsOn: '已启用。停用需要输入密码。', totpOn: '二次验证已启用', totpOff: '二次验证已停用',
    password: '密码', oldPassword: '现在的密码', newPassword: '新密码', change: '修改密码', passwordChanged: '密码已修改，其他会话已退出', keys: 'API 密钥', noKeys: '还没有密钥。', keyName: '名称', scopes: '权限范围', until: '有效期至', makeKey: '生成密钥', tokenOnce: '密钥只显示这一次，请立即保存：', withdraw: '收回', withdrawn: '{date} 已收回',
  },
  duty: {
    collector: '信息采集员', acceptor: '受理员', shift_leader: '值班长', dispatcher: '派遣员', unit: '处置单位', arbiter: '裁决员', supervisor: '督查员', leader: '领导', citizen: '市民', admin: '系统管理员', auditor: '审计员', integrator: '对接系统',
  },
}
