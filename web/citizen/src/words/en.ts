import { outboxEn } from '@shared/outbox/words'
import { reportEn } from '@shared/report/words'

export default {
  app: { name: 'City Together', page: '{title} · City Together', skip: 'Skip to the content', english: 'EN', chinese: '中', switchTo: '，切换到中文', demo: 'Demo data: streets and cases are synthetic' },
  tabs: { home: 'Home', near: 'Nearby', mine: 'Me', name: 'Main pages' },
  home: {
    shoot: 'See a problem? Take a photo', shootWords: 'We fill in the place and the kind. Two steps.', album: 'From album', call: 'Call 12345', write: 'No photo? A sentence will do',
    mine: 'My reports', all: 'All {n}', mineEmpty: 'No reports yet. A photo is all it takes.', near: 'Near me', nearRange: 'within 300 m', nearAsk: 'See what is being done nearby', nearEmpty: 'Nothing is being handled within 300 m.',
    nearDenied: 'This phone does not share its position, so nothing nearby can be shown.', draft: 'You have a draft', goOn: 'Go on', rate: 'Rate', look: 'please have a look',
  },
  report: {
    ...reportEn,
    title: 'Report a problem', saved: 'Draft saved', saving: 'Saving', notLasting: 'Drafts cannot be kept here: leave the page open', again: 'Another photo', drop: 'Remove', add: 'Take a photo', fromAlbum: 'From album', noPhoto: 'A photo says more than ten sentences. You can also do without.', photo: 'Photo {n}',
    kind: 'Kind', place: 'Place', change: 'Change', move: 'Move', choose: 'Choose', undecided: 'The desk will decide', asking: 'Finding your position', noPlace: 'Place not known yet',
    byPhoto: 'from the photo', byPhone: 'phone position, about {n} m', byPin: 'you pointed at it', bySearch: 'you searched for it', nearAddress: 'near {address}',
    option: '{what} (optional)', dupWhat: '{head}: {what}', dupHead: 'Somebody reported something within {n} m', dupWords: 'Reported {at}, {state}', dupDue: ', {by}', same: 'That is it: count me in', notSame: 'No', dupMore: '{n} more nearby',
    text: 'Anything to add', textHint: 'Such as: no light here at night, cyclists cannot see it', contact: 'Mobile number', contactHint: 'We text you the progress; you can report without', contactWhy: 'With a number you can look from any phone by a code we text you; only those handling it see the number, and every look is recorded.',
    blur: 'Faces and plates are removed before others see the photo. You need not give a name.', submit: 'Submit', needOne: 'Take a photo or write a sentence', needPlace: 'The place is missing', sending: 'Submitting', discard: 'Never mind, delete the draft', badContact: 'A mobile number has 11 digits, such as 13812345678',
  },
  done: {
    title: 'Received', kept: 'Saved on this phone', keptWords: 'No connection right now; it is sent by itself when there is one. You can close the page: photos and words are kept.', refused: 'It was not accepted', number: 'Number', follow: 'See progress', link: 'Copy the link', copied: 'Link copied. Keep it: whoever has it can look and rate',
    linkWords: 'This link is your ticket. No account needed.', next: 'What happens next', step1: 'The desk looks at it and may send somebody to verify', step2: 'The unit in charge gets it, with a deadline', step3: 'Somebody else checks on the spot, then you rate it', phone: 'Get texts by phone number', phoneWords: 'Confirm your number once: you see all your reports on any phone and get a text when something happens.', another: 'Report another', waiting: 'Submitting', home: 'Home',
  },
  follow: {
    title: 'My report', copy: 'Copy link', number: 'No. {number}', before: 'before', after: 'after', pair: 'Before and after', photos: 'Photos', photoAt: '{kind} {time}', steps: 'What happened', due: 'done by {time}', answerBy: 'an answer by {time}', dueLeft: '{left} left', late: '{left} over the limit, urged', early: '{left} before the limit', overdue: '{left} after the limit', paused: 'The limit is paused and goes on later',
    notFixed: 'Not fixed', happy: 'Fixed, rate it', rated: 'You gave {n} stars', rate: 'Rate', rateTitle: 'How well was it done?', starsSaid: '{n} stars, {word}', star1: 'very poor', star2: 'poor', star3: 'fair', star4: 'good', star5: 'very good', rateWords: 'Anything to say (optional)', send: 'Send rating', disputeWords: 'Not fixed? "Not fixed" reopens it one level up, within 15 days.',
    disputed: 'Reopened, one level up', thanks: 'Thank you, your rating is noted', withdraw: 'Withdraw report', withdrawAsk: 'Once withdrawn it is no longer handled. Withdraw it?', withdrawYes: 'Withdraw', keep: 'Keep it', appeal: 'I disagree: appeal', appealTitle: 'Why do you disagree?', appealHint: 'One sentence; one level up will look at it', appealSend: 'Send appeal', add: 'Add something', addTitle: 'Add something', addSend: 'Send', said: 'Delivered', reports: '{n} people reported this', updated: 'updated {age}', offline: 'No connection; this is how it stood {age}', missing: 'This report cannot be found; the link may be incomplete.', undo: 'Undo', by: 'with {unit}', text: 'Your words', waitingSend: 'Kept, and sent as soon as there is a connection', loading: 'Loading',
    state: {
      reported: 'Received, the desk is looking', verifying: 'Somebody is on the way to verify', unfounded: 'Not found on the spot, being reviewed', registered: 'Accepted', filed: 'Filed, being assigned', dispatched: 'With the unit in charge', returned: 'Being assigned to another unit', arbitration: 'Being settled who handles it', handling: 'Being handled', delay_asked: 'Being handled', suspend_asked: 'Being handled', suspended: 'On hold', checking: 'Done, being checked', checked: 'Check passed, about to close', disputed: 'Reopened, one level up', closed: 'Fixed', rejected: 'Not taken up', withdrawn: 'You withdrew it', merged: 'Joined with a report of the same', voided: 'Void',
    },
  },
  near: { doneAt: '{what}, ended {at}', title: 'Nearby', within: 'Being handled within {n} m', here: 'My position', map: 'Map', asking: 'Finding your position', empty: 'Nothing is being handled here.', list: 'List', cannotLocate: 'No position right now; showing the centre.', words: 'You see what is being handled, never who reported it.' },
  mine: {
    title: 'Me', reports: 'My reports', unsent: 'Not sent yet', signIn: 'Sign in by phone', signInWords: 'A code by text is all it takes, no password. You then see all your reports on any phone.', phone: 'Mobile number', getCode: 'Get a code', code: 'Code from the text', verify: 'Sign in', codeSent: 'A code was sent to {phone}; it is valid for a few minutes.', again: 'Send again', againIn: 'again in {n} s', out: 'Sign out', signedIn: 'Signed in: {name}', onPhone: 'Kept on this phone', forget: 'Remove from this phone', forgotten: 'Removed; the link still works', settings: 'Settings', empty: 'No reports yet.', badPhone: 'A mobile number has 11 digits, such as 13812345678', badCode: 'The code has 6 digits', none: 'Everything was delivered.',
  },
  outbox: outboxEn,
}
