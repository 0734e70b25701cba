import { readdirSync, statSync } from "node:fs";
import { basename, join, posix } from "node:path";
import { promisify } from "node:util";
import type { Client, SFTPWrapper, Stats } from "ssh2";

const NO_SUCH_FILE = 2;

/** Writes a text to a remote file. */
export async function uploadText(client: Client, text: string, remotePath: string): Promise<void> {
  const sftp = await openSftp(client);
  if ((await statRemote(sftp, remotePath))?.isDirectory()) {
    throw new Error(
      `remote path ${remotePath} is a directory; when using a text asset, remotePath must be a file path`,
    );
  }
  await new Promise<void>((resolve, reject) =>
    sftp.writeFile(remotePath, text, (error) => (error ? reject(error) : resolve())),
  );
}

/**
 * Copies a local file or folder with the rules of the official plugin: into an existing remote folder; a source folder
 * with a trailing slash means its content; folders above the last one must exist.
 */
export async function uploadPath(client: Client, source: string, remotePath: string): Promise<void> {
  const sftp = await openSftp(client);
  const destination = await statRemote(sftp, remotePath);
  if (!statSync(source).isDirectory()) {
    const target = destination?.isDirectory() ? posix.join(remotePath, basename(source)) : remotePath;
    return copyFile(sftp, source, target);
  }
  await ensureFolder(sftp, remotePath);
  const target = source.endsWith("/") ? remotePath : posix.join(remotePath, basename(source));
  await copyFolder(sftp, source, target);
}

async function copyFolder(sftp: SFTPWrapper, source: string, target: string): Promise<void> {
  await ensureFolder(sftp, target);
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const from = join(source, entry.name);
    const to = posix.join(target, entry.name);
    await (entry.isDirectory() ? copyFolder(sftp, from, to) : copyFile(sftp, from, to));
  }
}

async function ensureFolder(sftp: SFTPWrapper, path: string): Promise<void> {
  const found = await statRemote(sftp, path);
  if (found?.isDirectory()) return;
  if (found) throw new Error(`remote path ${path} exists but is not a directory`);
  await new Promise<void>((resolve, reject) =>
    sftp.mkdir(path, (error) =>
      error ? reject(new Error(`failed to create remote directory ${path}: ${error.message}`)) : resolve(),
    ),
  );
}

function copyFile(sftp: SFTPWrapper, source: string, target: string): Promise<void> {
  return new Promise((resolve, reject) =>
    sftp.fastPut(source, target, (error) =>
      error ? reject(new Error(`failed to copy file ${source} to remote path ${target}: ${error.message}`)) : resolve(),
    ),
  );
}

function statRemote(sftp: SFTPWrapper, path: string): Promise<Stats | undefined> {
  return new Promise((resolve, reject) =>
    sftp.stat(path, (error: (Error & { code?: number }) | undefined, stats) => {
      if (!error) resolve(stats);
      else if (error.code === NO_SUCH_FILE) resolve(undefined);
      else reject(new Error(`failed to stat remote path ${path}: ${error.message}`));
    }),
  );
}

function openSftp(client: Client): Promise<SFTPWrapper> {
  return promisify(
    client.sftp.bind(client) as (done: (error: Error, sftp: SFTPWrapper) => void) => void,
  )() as Promise<SFTPWrapper>;
}
