/**
 * Loaded before the program by `--import`. Its pipes act as a terminal of 60 columns without colours, because a
 * pseudo-terminal needs a native module. All else is the real program.
 */
const { stdin, stdout } = process;
Object.assign(stdin, { isTTY: true, setRawMode: () => stdin });
Object.assign(stdout, { isTTY: true, columns: 60, hasColors: () => false });
