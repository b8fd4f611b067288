/** Words of what is not sent yet, used by both phone apps. */
export const outboxZh = {
  waiting: '{n} 条待发送', forYou: '{n} 条要您看', sendNow: '现在发送', byItself: '有网自动发送', sending: '正在发送', queued: '排第 {n}', photos: '照片 {n} 张', text: '文字', allSent: '已全部送达',
  offline: '没有网络，照常使用', offlineWords: '已离线 {length}。都存在手机里，有网时自动发送；平台收到并确认后才会删除。', signedOut: '需要重新登录', signedOutWords: '没有发送的都还在，登录后接着发。', later: '平台暂时忙，稍后自动再发。',
  refused: '平台没有收下', stale: '已有人先改了这一件', retry: '再发一次', useMine: '仍用我的', discard: '删掉', discardAsk: '删掉后找不回来。确定删掉？', keep: '留着', edit: '改一改', lostPhoto: '照片 {name} 已不在手机里', details: '查看',
}

export const outboxEn = {
  waiting: '{n} unsent', forYou: '{n} need you', sendNow: 'Send now', byItself: 'sent by itself when connected', sending: 'Sending', queued: 'No. {n} in line', photos: 'photos: {n}', text: 'words', allSent: 'All delivered',
  offline: 'No network, carry on', offlineWords: 'Offline for {length}. Everything is kept on the phone, sent when connected, and deleted only after the platform has confirmed it.', signedOut: 'Please sign in again', signedOutWords: 'Everything unsent is still here and goes on after signing in.', later: 'The platform is busy; it will be sent again by itself.',
  refused: 'The platform did not accept it', stale: 'Somebody changed this one first', retry: 'Send again', useMine: 'Use mine anyway', discard: 'Delete', discardAsk: 'It cannot be brought back. Delete it?', keep: 'Keep it', edit: 'Change it', lostPhoto: 'Photo {name} is no longer on this phone', details: 'Look',
}
