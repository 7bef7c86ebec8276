import { createConnectionRoomStore } from '../../lib/aws/dynamodb/connectionRoomStore';
import { createConnectionStore } from '../../lib/aws/dynamodb/connectionStore';
import type { Database } from '../../lib/aws/dynamodb/database';
import { createHandshakeStore } from '../../lib/aws/dynamodb/handshakeStore';
import type { ConnectionRoomStore } from '../../lib/ports/connectionRoomStore';
import type { ConnectionStore } from '../../lib/ports/connectionStore';
import type { HandshakeStore } from '../../lib/ports/handshakeStore';

/** Everything that functions do with connections. */
export type AllConnections = ConnectionStore & HandshakeStore & ConnectionRoomStore;

/** Creates the stores of connections as one. */
export function createConnections(database: Database, table: string): AllConnections {
  return {
    ...createConnectionStore(database, table),
    ...createHandshakeStore(database, table),
    ...createConnectionRoomStore(database, table),
  };
}
