/**
 * Loaded before the program by `--import`: its pipes take themselves for a terminal of 60 columns without colours, as
 * no pseudo-terminal is to be had without a native module. All else is the real program.
 */
const { stdin, stdout } = process;
Object.assign(stdin, { isTTY: true, setRawMode: () => stdin });
Object.assign(stdout, { isTTY: true, columns: 60, hasColors: () => false });
