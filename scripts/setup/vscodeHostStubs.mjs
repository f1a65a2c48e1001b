/**
 * Plain JavaScript in place of three native modules of the VS Code server that would have to be compiled.
 * The log writer is a working one, so that the logs of the extension host reach files.
 * @type {Readonly<Record<string, string>>}
 */
export const stubs = {
  '@vscode/native-watchdog': `exports.start = () => {};\n`,
  '@vscode/deviceid': `exports.getDeviceId = async () => '00000000-0000-0000-0000-000000000000';\n`,
  '@vscode/spdlog': `const fs = require('fs');
const names = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
class Logger {
  constructor(file) { this.file = file; this.level = 2; }
  write(level, text) {
    if (level < this.level) return;
    try { fs.appendFileSync(this.file, new Date().toISOString() + ' [' + names[level] + '] ' + text + '\\n'); } catch {}
  }
  trace(text) { this.write(0, text); }
  debug(text) { this.write(1, text); }
  info(text) { this.write(2, text); }
  warn(text) { this.write(3, text); }
  error(text) { this.write(4, text); }
  critical(text) { this.write(5, text); }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  setPattern() {}
  clearFormatters() {}
  flush() {}
  drop() {}
}
exports.version = 1;
exports.Logger = class extends Logger { constructor(name, file) { super(file); } };
exports.setFlushOn = exports.setLevel = exports.shutdown = () => {};
exports.createRotatingLogger = exports.createAsyncRotatingLogger = async (name, file) => new Logger(file);
`,
};
