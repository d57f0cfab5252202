import { DatabaseError } from '../../contracts/index.ts';

export function missingFolder(path: string): DatabaseError {
  return new DatabaseError(`the folder "${path}" does not exist`, { code: 'ENOENT' });
}

export function notFound(path: string): DatabaseError {
  return new DatabaseError(`there is no database "${path}"`, { code: 'ENOENT' });
}
