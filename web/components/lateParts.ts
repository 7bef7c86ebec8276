/** The parts of the page that not every user needs, with their styles: a script of its own. */

import styles from '../files/files.late.css';

export { AddRoom } from './AddRoom';
export { Attach } from './Attach';
export { DraftList } from './DraftList';
export { EmptyRoom } from './EmptyRoom';
export { FollowedRooms } from './FollowedRooms';
export { MessageFiles } from './MessageFiles';
export { MessageMenu } from './MessageMenu';
export { Notifications } from './Notifications';
export { PeopleList } from './PeopleList';
export { ResumeUploads } from './ResumeUploads';
export { RoomDialog } from './RoomDialog';
export { RoomRules } from './RoomRules';

const sheet = new CSSStyleSheet();
sheet.replaceSync(styles);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
