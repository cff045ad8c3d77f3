import { runProgram } from '../support/program.ts';

/** The server's own client reading the rows from a file: psql \copy, or LOAD DATA by mariadb. */
export async function nativeClient(serverUrl: string, file: string): Promise<void> {
  if (serverUrl.startsWith('postgres')) {
    await runProgram('psql', ['-q', serverUrl, '-c', `\\copy bulk from ${file}`]);
    return;
  }
  const { hostname, port, username, pathname } = new URL(serverUrl);
  const server = ['--local-infile=1', `-h${hostname}`, `-P${port}`, `-u${username}`, pathname.slice(1)];
  await runProgram('mariadb', [...server, '-e', `load data local infile '${file}' into table bulk`]);
}
