/** 三个应用共用的文字。 */
export default {
  ui: {
    close: '关闭', cancel: '取消', undo: '撤销', retry: '重试', save: '保存', back: '返回', more: '更多', loading: '正在读取',
    required: '必填', optional: '可不填', none: '无', search: '搜索', clear: '清除', copy: '复制', copied: '已复制', open: '打开', done: '完成',
    yes: '是', no: '否', unknown: '未知', offline: '连不上服务器', failed: '没有读到数据', safe: '已有内容仍可使用。', empty: '没有内容', noMatch: '没有匹配的项', language: '语言',
  },
  theme: { title: '外观', auto: '跟随系统', dark: '深色', light: '浅色', toLight: '切换到浅色', toDark: '切换到深色' },
  status: { critical: '紧急', high: '急', medium: '一般', info: '计划', ok: '已结案', offline: '已终止' },
  link: {
    starting: '正在连接', live: '链路正常', polling: '实时中断，每 3 秒查询', offline: '离线', since: '自 {time} 起离线', updated: '更新于 {age}',
  },
  keys: { title: '按键', all: '全部按键', everywhere: '随处可用' },
  photo: {
    add: '添加照片', take: '拍照', remove: '移除照片 {n}', sending: '正在上传 {part}%', failed: '没有传上去', again: '再传一次', ready: '已上传',
    need: '还差 {n} 张照片', none: '还没有照片', blur: '他人看到的照片会抹去人脸和车牌', view: '查看照片 {n}', full: '查看原图', previous: '上一张', next: '下一张',
    tooBig: '这张照片超过 {mb} MB，请选小一些的。', notImage: '这不是照片，请选 JPEG、PNG 或 WebP 图片。', of: '{n} / {all}',
    original: '调阅封存原图', originalWhy: '调阅理由(记入台账)', originalOpen: '调阅', originalNo: '取消', originalShown: '当前显示的是原图;您的调阅及理由已记入台账。', originalAway: '收起原图',
    kind: { report: '上报', verify: '核实', handle: '处置', check: '核查' },
  },
  form: {
    need: '请填写：{what}', chooseUnit: '输入单位名称', chooseClass: '输入类别或关键词', chooseRule: '选择立案条件', chooseOne: '请选择', hours: '小时',
    caseNumber: '案件编号，如 20261122-000731', rating: '{n} 分', needPhotos: '至少 {n} 张照片', limit: '时限 {limit}', budget: '最多 {n} 小时', proof: '须附：{what}', pickClassFirst: '先选类别', suggested: '建议',
    badCase: '编号应为 8 位日期、短横和 6 位序号，如 20261122-000731', badHours: '请填 {min} 到 {max} 之间的小时数', selected: '已选 {n} 个单位', remove: '去掉 {what}', send: '提交', sending: '正在提交',
  },
  map: {
    name: '地图', zoomIn: '放大', zoomOut: '缩小', synthetic: '示范数据', syntheticWords: '街道与建筑为合成，区界为真实轮廓', failed: '底图没有读到，案件仍可在列表中处理。',
    metres: '{n} 米', kilometres: '{n} 公里', cases: '案件', cells: '单元网格', components: '部件', divisions: '区划', layers: '图层', locate: '定位到我',
  },
}
