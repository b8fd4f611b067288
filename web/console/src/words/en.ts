/** Words of the console. */
export default {
  shell: {
    nav: 'Main', skip: 'Skip to content', desk: 'Desk', unit: 'Unit', new: 'Intake', cases: 'Cases', statistics: 'Figures', ledger: 'Ledger', people: 'People', settings: 'Settings', find: 'Search and commands', findHint: 'Search cases and places, or type a command',
    otherLanguage: '中文', newCase: 'Enter a new case', notices: 'Notices', noNotices: 'No unread notices.', readAll: 'Mark all as read', markRead: 'Mark as read', unread: '{n} unread notices', unreadShort: 'unread', account: 'Account',
    until: 'until {date}', noEnd: 'no end date', signOut: 'Sign out', nowhere: 'There is no such page', nowhereHint: 'The address may have changed; cases can be found by number.', noServer: 'The platform cannot be reached', scope: 'Scope: {area}', choose: 'choose', execute: 'run', onlyCommands: 'commands only',
    deskHint: 'queue and map', newHint: 'take a call', unitHint: 'the tasks of my unit', casesHint: 'all cases, exports', statisticsHint: 'indicators, ranks, monthly report', ledgerHint: 'who did and who looked', peopleHint: 'people and grants', settingsHint: 'language, appearance, second factor',
    group: { selected: 'On the selected case', cases: 'Cases', places: 'Places and grids', commands: 'Commands' },
  },
  login: {
    title: 'Sign in', name: 'Login', password: 'Password', otp: '6-digit code', haveOtp: 'Use a one-time code', enter: 'Sign in', entering: 'Signing in', oidc: 'Sign in with the city identity',
    demo: 'People of the demo city', demoHint: 'One click signs in as that person; these passwords work in the demo city only.',
  },
  desk: {
    title: 'Queue', scope: '{area} · by time left', byTime: 'by time left', views: 'Views', view: { mine: 'Mine', unacknowledged: 'New', due: 'Due < 30 min', all: 'All', late: 'Late' },
    group: { late: 'Late', due: 'Due within 30 min', others: 'Others', paused: 'Clock stopped', ended: 'Ended' },
    empty: { all: 'No open cases. New reports appear here by themselves.', mine: 'Nothing is waiting for you.', unacknowledged: 'Nothing is unacknowledged.', due: 'Nothing is due within 30 minutes.', late: 'Nothing is late.' },
    seeAll: 'See all', searchQueue: 'Number, title or place', filter: 'Filter', filtered: 'Filter {n}', any: 'any', reports: '{n} reports', move: 'move', down: 'Next case', up: 'Previous case', open: 'Open the case', resize: 'Width of the queue', centre: 'Centre the selected case',
  },
  case: {
    title: 'Case', hide: 'Back to the list', copyLink: 'Copy link', noClass: 'no class yet', kind: { component: 'component', event: 'event' }, state: 'State', class: 'Class', unit: 'Unit', paused: 'Paused', noLimit: 'No limit', timeLeft: 'Time left', stageLimit: 'Stage: {stage}', wholeDue: 'whole case due {at}',
    isLate: 'late', wasLate: 'closed late', tookUntil: 'taken, ended {at}', started: 'from {at}', due: 'due {at}', pausedFor: 'stopped for {time}', takenAt: 'taken {at}', component: 'Nearest component: {name}', reportedBy: 'Source: {source}',
    source: { collector: 'collector', citizen: 'resident', hotline: 'hotline', app: 'resident app', desk: 'desk', open311: 'Open311', api: 'other system', video: 'video', leader: 'instruction', media: 'media', sensor: 'sensor' },
    loop: 'Progress', why: 'Why it was sent here', routing: 'Rule', version: 'version {n}', limit: 'Limit', confidence: 'Basis', confidenceOf: { standard: 'national or industry standard', local: 'local rule', published: 'published document', constructed: 'demo value, to be set by the city', memory: 'common practice, to be confirmed' }, grant: 'Grant', grantNumber: 'grant {n}', suggested: 'Suggested', tier: 'tier {tier} area', closing: 'Closed when', merged: 'Merged into this', parent: 'Parent case', mergedInto: 'Merged into', children: 'Child cases', duplicates: 'Possible duplicates', history: 'History', earlier: '{n} earlier entries', system: 'system',
    whoLooked: 'Who did, who looked', actions: 'What you can do', moreActions: '{n} more', noActions: 'There is nothing for you to do on this case now.', did: '{verb}: {number} done', changed: 'Meanwhile somebody else did:', newer: 'This case has changed.', showNewer: 'Show the change', understood: 'Understood',
  },
  intake: {
    suggestedClasses: 'Suggested classes', suggestedPlaces: 'Places that the words name', because: 'because of {words}', component: 'nearest: {name}, {n} m', noneOfThese: 'Probably none of the classes; choose below if one fits.', within: 'within {n} m',
    title: 'Take a call', what: 'What is wrong', whatHint: 'In the words of the caller', where: 'Where', whereHint: 'Search a place, or click on the map', findPlace: 'Name, junction, house number or grid code', address: 'Exact spot', classHint: 'the acceptor can decide', rule: 'Filing condition', photos: 'Photos', caller: 'Caller', phone: 'Telephone', contactHint: 'Seen only by those who handle it, for calling back.',
    likely: 'Likely the same', maybe: 'Maybe the same', near: '{n} cases close by may be the same', send: 'Enter', opened: 'Entered {number}', mapLabel: 'Choose a place', mapHint: 'Click on the map to mark the spot',
  },
  unit: {
    summary: '{n} in hand, {late} late', accept: 'To accept', hand: 'In hand', back: 'Sent back', asked: 'Asked, or being checked', no: { accept: 'Nothing to accept.', hand: 'Nothing in hand.', back: 'Nothing was sent back.', asked: 'No request is waiting for an answer.' },
  },
  cases: { export: 'Export this selection', print: 'Print', since: 'From', until: 'to', number: 'Number', what: 'Problem', place: 'Place', opened: 'Reported', left: 'Time left', closedAt: 'ended {at}', none: 'No case fits. Try a wider filter.', shown: '{n} listed' },
  statistics: {
    title: 'Figures', area: 'Area', allAreas: 'All areas', headlines: 'Main figures', reported: 'Reported', before: 'period before: {n}', moved: '{n} points', reading: 'Counting', none: 'No case in this period.', tooShort: 'The period is too short for a trend.',
    indicator: 'Indicator', counted: 'Counted', of: 'Of', rest: 'Not', share: 'Share', change: 'Change, points', unclocked: '{n} without a kept deadline', all24: 'The 24 indicators', league: 'Units', leagueHint: 'Corrected: the mix of classes is taken out; the line marks the raw share; ranks hold with 90 %. A unit opens the cases that missed.',
    due: 'Of', raw: 'Raw', corrected: 'Corrected', bar: 'Compared', ranks: 'Ranks', alone: 'no peers', trend: 'Trend', punctuality: 'Finished by share of the limit', punctualityHint: 'Across: share of the limit used up; the line marks its end; pauses are taken off.', finished: 'finished', heat: 'Where the cases are', stopclock: 'Where the clock stood still', reason: 'Reason', hours: 'Hours',
    report: 'Month {kind}', figures: 'Figures {kind}', close: 'Close', save: 'save a file that can be verified', cite: 'From position {position} of the ledger, query version {version}; can be recomputed at any time.', part: { numerator: 'cases counted', denominator: 'cases in question', rest: 'cases not counted' },
  },
  ledger: {
    via: { session: 'web', api_key: 'API key', public: 'public', system: 'system' }, title: 'Ledger', everything: 'All', looks: 'Looks', changes: 'Changes', subject: 'Case number or subject', appendOnly: 'append-only · {n} entries · checkpoint {age}', verifyAll: 'Verify all', checking: 'Verifying', position: 'No.', time: 'Time', who: 'Who', what: 'What', on: 'On', purpose: 'Purpose', seen: 'Seen or changed', area: 'Area',
    hour: '{date} · {hour}:00', none: 'No entries within your area yet.', entry: 'Entry {n}', looked: 'looked',
    verdict: { asking: 'Verifying', proved: 'This entry was not changed', wrong: 'The proof does not hold; tell the auditor at once', unable: 'This browser cannot verify; download the proof to check it elsewhere', failed: 'No proof could be had', waiting: 'Waiting for the next checkpoint (about a second)' },
    leaf: 'Fingerprint of this entry', inTree: 'In the tree, proof of {n} steps', ms: '{n} ms', signedAt: 'Checkpoint {at} signed', signature: 'Ed25519', witnesses: 'External witnesses {n}', download: 'Download proof', again: 'Verify again', treeLabel: 'Path from this entry to the checkpoint, {n} steps', checkpointAt: 'checkpoint #{n}', thisOne: 'this entry', levelsCut: 'levels between: {n}',
    rewritten: 'The ledger does not agree with the checkpoint of {n} entries kept in this browser; tell the auditor at once.', notIncluded: 'Entry {n} is not in the ledger; tell the auditor at once.', allProved: 'All {n} entries here verified; the checkpoint holds {size}.',
  },
  ledgerAction: {
    report: 'reported', reported: 'reported', looked: 'looked', opened: 'opened', look: 'looked', view: 'looked', listed: 'listed', exported: 'exported', register: 'registered', refuse: 'refused', file: 'filed', dispatch: 'dispatched', redispatch: 'dispatched again', accept: 'accepted', return: 'returned', finish: 'finished', pass: 'passed the check', fail: 'failed the check', close: 'closed', rate: 'rated', dispute: 'disputed', reopen: 'reopened', uphold: 'upheld the close', void: 'voided', merge: 'merged', unmerge: 'unmerged',
    urge: 'urged', comment: 'commented', escalate: 'escalated', send_verify: 'sent for verification', confirm: 'confirmed', not_found: 'did not find it', withdraw: 'withdrew', self_handle: 'handled on the spot', rule: 'ruled', ask_delay: 'asked for delay', grant_delay: 'granted delay', refuse_delay: 'refused delay', ask_suspend: 'asked to suspend', grant_suspend: 'suspended', refuse_suspend: 'refused to suspend', resume: 'resumed', split: 'split', send_back: 'sent back', appeal: 'appealed',
    signed_in: 'signed in', signed_out: 'signed out', given: 'gave a grant', revoked: 'revoked a grant', delegated: 'delegated', created: 'created', taken_in: 'uploaded a photo', enrolled: 'set up a second factor',
    session_opened: 'signed in', session_closed: 'signed out', session_refused: 'sign-in refused', person_created: 'made an account', person_closed: 'closed an account', person_opened: 'opened an account', person_registered: 'resident registered', grant_given: 'gave a grant', unit_created: 'made a unit', key_made: 'made an API key', key_withdrawn: 'withdrew an API key', classifier_trained: 'trained the classifier', masters_loaded: 'loaded masters', masters_route_added: 'added a route', masters_route_ended: 'ended a route', component_registered: 'registered a component', components_registered: 'registered components', component_changed: 'changed a component', component_moved: 'moved a component',
    places_cells_laid: 'laid cells', places_divisions_loaded: 'loaded divisions', places_grids_registered: 'registered grids', places_named: 'named places', places_unit_answers: 'set the unit of a grid', totp_begun: 'began a second factor', totp_confirmed: 'second factor on', totp_disabled: 'second factor off', password_changed: 'changed the password', oidc_linked: 'linked an identity', notices_preferred: 'chose notices', notices_sent_again: 'sent notices again', ledger_witnessed: 'witnessed',
  },
  ledgerSubject: { classifier: 'classifier', person: 'person', grant: 'grant', unit: 'unit', route: 'route', masters: 'masters', places: 'places', managed: 'managed area', components: 'components', component: 'component', key: 'API key', photo: 'photo', notice: 'notice', session: 'session', ledger: 'ledger' },
  ledgerBy: { password: 'password', phone: 'text message code', oidc: 'city identity', api_key: 'API key' },
  ledgerDetail: {
    by: 'by', ip: 'IP', duty: 'duty', duty_zh: 'duty in Chinese', from: 'state before', to: 'state after', grant: 'grant', said: 'said', verb: 'step', version: 'version', source: 'source', state: 'state', reporter: 'reporter seen', kind: 'kind', code: 'code', login: 'login', people: 'people', purpose: 'purpose', valid_from: 'from', valid_to: 'until', delegated_from: 'delegated from', names: 'names', cells: 'cells', communities: 'communities', kept: 'kept', name: 'name', note: 'note', photos: 'photos', unit: 'unit', units: 'units', rule: 'condition', reason: 'reason', hours: 'hours', until: 'until', rating: 'rating', into: 'into',
    former: 'former', today: 'today', unresolved: 'unresolved', changed: 'changed', ended: 'ended', new: 'new', class: 'class', dept_kind: 'kind of department', priority: 'priority', components: 'components', first: 'first', last: 'last',
  },
  people: {
    title: 'People and grants', find: 'Name or login', add: 'Add a person', name: 'Name', post: 'Post', account: 'Account', open: 'open', closed: 'closed', totp: 'second factor', none: 'Nobody found.', closeAccount: 'Close the account', openAccount: 'Open the account', duty: 'Duty', area: 'Area code', areaHint: 'Prefix of the division code, such as 350203; empty for all', from: 'From', to: 'To', give: 'Grant',
    given: '{name} is now {duty}', grants: 'Grants', grantsOf: 'Grants of {name}', noGrants: 'No grants.', revoke: 'Revoke', revoked: '{n} grants ended', handOn: 'Hand on', handTo: 'Hand on to', handed: 'Handed on',
  },
  settings: {
    screen: 'Screen', chinese: '中文', english: 'English', totp: 'Second factor', totpWhy: 'Signing in then asks for a one-time code besides the password.', enrol: 'Set up', scan: 'Scan this with an authenticator app, then enter the code it shows.', qr: 'QR code', secret: 'If it cannot be scanned, enter this key:', switchOn: 'Switch on', switchOff: 'Switch off', totpIsOn: 'Switched on. Switching it off takes the password.', totpOn: 'Second factor switched on', totpOff: 'Second factor switched off',
    password: 'Password', oldPassword: 'Present password', newPassword: 'New password', change: 'Change password', passwordChanged: 'Password changed; other sessions have ended', keys: 'API keys', noKeys: 'No keys yet.', keyName: 'Name', scopes: 'Scopes', until: 'Valid until', makeKey: 'Make a key', tokenOnce: 'The key is shown this once; save it now:', withdraw: 'Withdraw', withdrawn: 'withdrawn {date}',
  },
  duty: {
    collector: 'Collector', acceptor: 'Acceptor', shift_leader: 'Shift leader', dispatcher: 'Dispatcher', unit: 'Responsible unit', arbiter: 'Arbiter', supervisor: 'Supervisor', leader: 'Leader', citizen: 'Resident', admin: 'Administrator', auditor: 'Auditor', integrator: 'Connected system',
  },
}
