import { connect, createServer, type Server, type Socket } from 'node:net';
import { codeOf } from './faults.ts';
import { describeHolder, type LeaseOutcome } from './leaseHolder.ts';

/** A suspended holder does not answer; it is still the holder. */
const answerWithinMs = 500;
const longestNote = 1024;

/** A name that only one socket can have at a time, which goes with the process. Its holder tells everyone who connects who it is. */
export async function holdSocket(name: string, note: string): Promise<LeaseOutcome> {
  let answer: string | undefined;
  for (let tries = 0; tries < 5 && answer === undefined; tries += 1) {
    const release = await listen(name, note);
    if (release !== undefined) return { release };
    // Without an answer the holder let go between the two calls.
    answer = await ask(name);
  }
  return { heldBy: describeHolder(answer ?? '') };
}

/** The holder's note without taking the name: '' from a holder that does not answer, undefined where there is none. */
export async function readSocket(name: string): Promise<string | undefined> {
  return ask(name);
}

/** Undefined when the name is taken. */
function listen(name: string, note: string): Promise<(() => Promise<void>) | undefined> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => open.delete(socket));
    socket.end(note);
  });
  return new Promise((resolve, reject) => {
    server.on('error', (error) => (codeOf(error) === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    // `exclusive`: a worker of a cluster would otherwise share its parent's socket.
    server.listen({ path: name, exclusive: true }, () => {
      // The lease does not keep a process alive that has nothing else to do.
      server.unref();
      resolve(() => close(server, open));
    });
  });
}

function close(server: Server, open: ReadonlySet<Socket>): Promise<void> {
  for (const socket of open) socket.destroy();
  // An error here says that it is closed already.
  return new Promise((resolve) => server.close(() => resolve()));
}

/** What the holder says, as far as it comes in time; undefined when nobody listens any more. */
function ask(name: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ path: name });
    const timer = setTimeout(() => socket.destroy(), answerWithinMs);
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      answer += text;
      if (answer.length > longestNote) socket.destroy();
    });
    let gone = false;
    socket.once('error', (error) => (gone = ['ECONNREFUSED', 'ENOENT'].includes(codeOf(error) ?? '')));
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(gone ? undefined : answer);
    });
  });
}
