/** Words shared by the three apps. */
export default {
  ui: {
    close: 'Close', cancel: 'Cancel', undo: 'Undo', retry: 'Try again', save: 'Save', back: 'Back', more: 'More', loading: 'Loading',
    required: 'required', optional: 'optional', none: 'none', search: 'Search', clear: 'Clear', copy: 'Copy', copied: 'Copied', open: 'Open', done: 'Done',
    yes: 'Yes', no: 'No', unknown: 'unknown', failed: 'Could not be loaded', offline: 'The server cannot be reached', safe: 'What is on the screen can still be used.', empty: 'Nothing here', noMatch: 'Nothing matches', language: 'Language',
  },
  theme: { title: 'Appearance', auto: 'As the system', dark: 'Dark', light: 'Light', toLight: 'Switch to light', toDark: 'Switch to dark' },
  status: { critical: 'Emergency', high: 'Urgent', medium: 'Normal', info: 'Planned', ok: 'Closed', offline: 'Ended' },
  link: {
    starting: 'Connecting', live: 'Link up', polling: 'Live feed lost, asking every 3 s', offline: 'Offline', since: 'Offline since {time}', updated: 'Updated {age}',
  },
  keys: { title: 'Keys', all: 'Keys', everywhere: 'Everywhere' },
  photo: {
    add: 'Add photos', take: 'Take a photo', remove: 'Remove photo {n}', sending: 'Uploading {part}%', failed: 'Not uploaded', again: 'Upload again', ready: 'Uploaded',
    need: '{n} more photos needed', none: 'No photos yet', blur: 'Faces and plates are removed from what others see', view: 'View photo {n}', full: 'View full size', previous: 'Previous', next: 'Next',
    tooBig: 'This photo is larger than {mb} MB; please choose a smaller one.', notImage: 'This is not a photo; please choose a JPEG, PNG or WebP image.', of: '{n} / {all}',
    original: 'Open the sealed original', originalWhy: 'Why must it be seen? (goes to the ledger)', originalOpen: 'Open', originalNo: 'Cancel', originalShown: 'This is the original. That you opened it, and why, stands in the ledger.', originalAway: 'Close the original',
    kind: { report: 'Report', verify: 'Verification', handle: 'Handling', check: 'Check' },
  },
  form: {
    need: 'Please fill in: {what}', chooseUnit: 'Type the name of a unit', chooseClass: 'Type a class or a keyword', chooseRule: 'Choose the filing condition', chooseOne: 'Please choose', hours: 'hours',
    caseNumber: 'Case number, such as 20261122-000731', rating: '{n} of 5', needPhotos: 'at least {n} photos', limit: 'limit {limit}', budget: 'at most {n} hours', proof: 'needs: {what}', pickClassFirst: 'Choose a class first', suggested: 'Suggested',
    badCase: 'A number is the date in 8 digits, a hyphen and 6 digits, such as 20261122-000731', badHours: 'Please give a number of hours from {min} to {max}', selected: '{n} units chosen', remove: 'Remove {what}', send: 'Submit', sending: 'Submitting',
  },
  map: {
    name: 'Map', zoomIn: 'Zoom in', zoomOut: 'Zoom out', synthetic: 'Synthetic data', syntheticWords: 'Streets and buildings are invented, district outlines are real', failed: 'The base map could not be loaded; cases can still be handled in the list.',
    metres: '{n} m', kilometres: '{n} km', cases: 'Cases', cells: 'Cells', components: 'Components', divisions: 'Divisions', layers: 'Layers', locate: 'Go to my position',
  },
}
