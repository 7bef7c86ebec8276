import { chatCommand } from './chat/chatCommand';
import { saveCommand } from './chat/saveCommand';
import { sendCommand } from './chat/sendCommand';
import { tailCommand } from './chat/tailCommand';
import { createCommand, runProgram } from './commandLine/command';
import { consoleCommand } from './console/consoleCommand';
import { doctorCommand } from './doctor/doctorCommand';
import { banCommand, unbanCommand } from './operator/banCommand';
import { eraseCommand } from './operator/eraseCommand';
import { exportCommand } from './operator/exportCommand';
import { replayCommand } from './operator/replayCommand';

/** The program `edge-chat`. */
const program = createCommand('edge-chat')
  .description('Chat on your own AWS account.')
  .addCommand(chatCommand())
  .addCommand(sendCommand())
  .addCommand(tailCommand())
  .addCommand(saveCommand())
  .addCommand(doctorCommand())
  .addCommand(consoleCommand())
  .addCommand(exportCommand())
  .addCommand(replayCommand())
  .addCommand(eraseCommand())
  .addCommand(banCommand())
  .addCommand(unbanCommand())
  .addHelpText('after', '\nedge-chat COMMAND --help lists the options of a command.');

const args = process.argv.slice(2);
void runProgram(program, args.length > 0 ? args : ['--help']);
