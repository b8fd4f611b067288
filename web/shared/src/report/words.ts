/** Words of the report form, used by both phone apps. */
export const reportZh = {
  whatIsIt: '是什么问题', whichOne: '是哪一种', notSureWhich: '说不清', searchClass: '搜一搜，如 护栏、消防栓', fromWords: '按您写的', letDeskDecide: '说不准，请值班员来定',
  whereIsIt: '在什么地方', searchPlace: '搜地名、路口、小区', moveMap: '移动地图，让图钉落在问题上', noMap: '现在没有地图，可以搜地名或用手机定位。', myPosition: '我在这里', useThisPlace: '就在这里',
  positionDenied: '手机没有允许定位，可以搜地名或挪图钉。', positionUnavailable: '现在定不了位，可以搜地名或挪图钉。',
}

export const reportEn = {
  whatIsIt: 'What is it?', whichOne: 'Which kind?', notSureWhich: 'Not sure', searchClass: 'Search, such as railing or hydrant', fromWords: 'From your words', letDeskDecide: 'Not sure: let the desk decide',
  whereIsIt: 'Where is it?', searchPlace: 'Search a place, crossing or estate', moveMap: 'Move the map until the pin is on the problem', noMap: 'No map right now: search a place or use your position.', myPosition: 'I am here', useThisPlace: 'Use this place',
  positionDenied: 'This phone does not share its position; search a place or move the pin.', positionUnavailable: 'No position right now; search a place or move the pin.',
}
