/** The short list a resident chooses from: words of the street, each standing for a class of the catalogue (GB/T 30428.2). */
export interface Friendly {
  id: string
  zh: string
  en: string
  kind: 'component' | 'event'
  code: string
  /** Codes of the same kind to choose among, where one word covers several owners. */
  among?: readonly string[]
  /** Words that point here, Chinese and English, in lower case. */
  words: readonly string[]
}

export const FRIENDLY: readonly Friendly[] = [
  // 0114 is the cover whose owner is not known: right until somebody on the spot says which it is.
  {
    id: 'cover', zh: '井盖', en: 'Manhole cover', kind: 'component', code: '0114', among: ['0102', '0103', '0101', '0105', '0107', '0111', '0106'],
    words: ['井盖', '窨井', '下水井', '井口', '掉进井', 'manhole', 'cover missing', 'open drain'],
  },
  { id: 'road', zh: '路面破损', en: 'Broken road', kind: 'event', code: '0110', words: ['坑', '路面', '破损', '坑洼', '裂缝', '凹', 'pothole', 'broken road', 'road surface'] },
  { id: 'pavement', zh: '人行道破损', en: 'Broken pavement', kind: 'component', code: '0225', words: ['人行道', '地砖', '盲道', '路沿', '砖', 'pavement', 'sidewalk', 'kerb', 'tile'] },
  { id: 'lamp', zh: '路灯不亮', en: 'Street lamp out', kind: 'component', code: '0118', words: ['路灯', '灯不亮', '没有灯', '灯坏', '灯闪', '太暗', 'lamp', 'street light', 'streetlight', 'dark'] },
  { id: 'rubbish', zh: '垃圾没清', en: 'Rubbish left', kind: 'event', code: '0102', words: ['垃圾', '脏', '臭', '杂物', 'rubbish', 'garbage', 'litter', 'trash'] },
  { id: 'bin', zh: '垃圾箱满了', en: 'Bin overflowing', kind: 'event', code: '0122', words: ['垃圾桶', '垃圾箱', '满溢', '桶满', 'bin full', 'bin overflow', 'overflow'] },
  { id: 'water', zh: '路面积水', en: 'Flooded road', kind: 'event', code: '0406', words: ['积水', '淹', '水浸', '内涝', 'flood', 'standing water', 'puddle'] },
  { id: 'sewer', zh: '下水道堵', en: 'Blocked sewer', kind: 'event', code: '0404', words: ['下水道', '堵', '反水', '污水', '冒水', 'sewer', 'blocked', 'drain'] },
  { id: 'parking', zh: '车乱停', en: 'Bad parking', kind: 'event', code: '0505', words: ['乱停', '违停', '停车', '占车道', '堵门', 'parking', 'parked', 'double park'] },
  { id: 'bikes', zh: '共享单车乱放', en: 'Shared bikes', kind: 'event', code: '0515', words: ['共享单车', '单车', '电动车', '自行车', 'bike', 'bicycle', 'e-bike'] },
  { id: 'hawker', zh: '占道摆摊', en: 'Street stalls', kind: 'event', code: '0501', words: ['摆摊', '摊', '小贩', '游商', '占道', 'hawker', 'stall', 'vendor'] },
  { id: 'building', zh: '施工扰民', en: 'Building noise', kind: 'event', code: '0301', words: ['施工', '工地', '打桩', '夜里吵', 'construction', 'drilling', 'building site'] },
  { id: 'noise', zh: '商铺太吵', en: 'Loud shop', kind: 'event', code: '0508', words: ['噪音', '喇叭', '音响', '吵', '广场舞', 'noise', 'loud', 'speaker'] },
  { id: 'tree', zh: '树倒枝断', en: 'Fallen tree', kind: 'event', code: '0410', words: ['树', '树枝', '断枝', '倒树', 'tree', 'branch'] },
  { id: 'wire', zh: '电线垂落', en: 'Hanging wire', kind: 'event', code: '0408', words: ['电线', '线缆', '电缆', '垂落', '光缆', 'wire', 'cable'] },
  { id: 'signal', zh: '红绿灯坏', en: 'Traffic light', kind: 'component', code: '0210', words: ['红绿灯', '信号灯', 'traffic light', 'signal'] },
  { id: 'stickers', zh: '小广告', en: 'Illegal flyers', kind: 'event', code: '0201', words: ['小广告', '牛皮癣', '贴纸', 'flyer', 'sticker', 'graffiti'] },
  { id: 'other', zh: '其他', en: 'Something else', kind: 'event', code: '0699', words: [] },
]
