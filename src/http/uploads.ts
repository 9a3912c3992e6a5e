import { createHash, randomUUID } from 'node:crypto';
import { close as closeFile, createReadStream, createWriteStream, open as openFile } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  PayloadTooLargeException,
  UseInterceptors,
} from '@nestjs/common';
import { FilesInterceptor } from '@nestjs/platform-express';
import type { Request } from 'express';
import type { StorageEngine } from 'multer';
import { catchError, finalize, type Observable } from 'rxjs';
import { ProblemError } from './problem.js';

const MIB = 1024 * 1024;

/** What one upload may hold. */
export const UPLOAD_LIMITS = { files: 20, fileSize: 256 * MIB, fieldSize: MIB } as const;

/** A file that came with a request, and is gone when that is answered. */
export interface UploadedFile {
  readonly name: string;
  readonly type: string;
  /** Of its bytes, in hex. */
  readonly sha256: string;
  /** From its start. */
  read(): Readable;
}

// Numbers, no handles: a handle cannot be closed while one of its streams is there.
const [open, closeFd] = [promisify(openFile), promisify(closeFile)];

interface Kept {
  readonly fd: number;
  readonly size: number;
  readonly sha256: string;
}

const isKept = (file: object): file is Kept => 'fd' in file && 'sha256' in file;

/** Keeps uploads in files that have no name any more: they go with the process, however that ends. */
const namelessFiles: StorageEngine = {
  _handleFile: (_request, { stream }, done) => {
    keep(stream).then(
      (kept) => done(null, kept as object),
      (error: unknown) => done(error),
    );
  },
  _removeFile: (_request, file, done) => {
    close(file).then(
      () => done(null),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
    );
  },
};

async function keep(stream: Readable): Promise<Kept> {
  const path = join(tmpdir(), `baton-upload-${randomUUID()}`);
  const fd = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
    const hash = createHash('sha256');
    let size = 0;
    await pipeline(
      stream,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          size += chunk.length;
          yield chunk;
        }
      },
      createWriteStream('', { fd, autoClose: false }),
    );
    return { fd, size, sha256: hash.digest('hex') };
  } catch (error) {
    await closeFd(fd);
    throw error;
  }
}

const close = async (file: object): Promise<void> => {
  if (isKept(file)) await closeFd(file.fd);
};

const filesOf = (request: Request): readonly Express.Multer.File[] =>
  Array.isArray(request.files) ? request.files : [];

/** The files of a request whose route takes {@link Uploads}. */
export const uploadedFiles = (request: Request): readonly UploadedFile[] =>
  filesOf(request).flatMap((file) =>
    isKept(file)
      ? [
          {
            name: file.originalname,
            type: file.mimetype,
            sha256: file.sha256,
            read: () => createReadStream('', { fd: file.fd, start: 0, autoClose: false }),
          },
        ]
      : [],
  );

/** Lets go of the files when the request is answered, and says how large a file may be. */
class KeptFiles implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    return next.handle().pipe(
      finalize(() => {
        for (const file of filesOf(request)) close(file).catch(() => undefined);
      }),
      catchError((error: unknown) => {
        if (!(error instanceof PayloadTooLargeException)) throw error;
        const { fileSize, fieldSize } = UPLOAD_LIMITS;
        const detail = `A file may have ${fileSize / MIB} MiB, a text part ${fieldSize / MIB} MiB: ${error.message}.`;
        throw new ProblemError(413, detail);
      }),
    );
  }
}

/** Makes a route take files as the parts `field` of a multipart/form-data body. */
export const Uploads = (field: string): MethodDecorator => {
  const { files, fileSize, fieldSize } = UPLOAD_LIMITS;
  const limits = { files, fileSize, fieldSize, fields: 20, parts: 2 * files };
  return applyDecorators(
    UseInterceptors(
      KeptFiles,
      FilesInterceptor(field, files, { storage: namelessFiles, limits, defParamCharset: 'utf8' }),
    ),
  );
};
