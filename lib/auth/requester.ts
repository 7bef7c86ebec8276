import type { Connection } from '../ports/connectionStore';
import type { Permissions } from './permissions';

/** A connection that sends a frame, with what its token lets it do. */
export interface Requester extends Connection {
  permissions: Permissions;
}
