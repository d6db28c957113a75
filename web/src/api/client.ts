// The only place that talks to the server: typed calls, the CSRF header, and one error type with words in both languages.

import createClient, { type Middleware } from 'openapi-fetch'
import type { paths } from './schema'
import type { Bilingual, Problem } from './types'

/** An answer that is no success, or no answer at all (`status` 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly words: Bilingual,
    readonly details?: Record<string, unknown> | null,
    readonly help?: string,
  ) {
    super(`${code}: ${words.en}`)
    this.name = 'ApiError'
  }
}

let csrf: string | null = null
let onUnauthorized: (() => void) | null = null

/** Sets the token that every change must carry. */
export function setCsrf(token: string | null): void {
  csrf = token
}

/** Called when the server no longer knows the session. */
export function whenUnauthorized(call: () => void): void {
  onUnauthorized = call
}

const guard: Middleware = {
  onRequest({ request }) {
    if (csrf !== null && request.method !== 'GET') request.headers.set('X-CSRF-Token', csrf)
    return request
  },
}

export const client = createClient<paths>({ baseUrl: '', credentials: 'same-origin' })
client.use(guard)

const UNREACHABLE: Bilingual = {
  zh: '连接不上服务器，请检查网络后重试。',
  en: 'The server cannot be reached. Check the network and try again.',
}

/** What openapi-fetch answers. */
interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'message' in body
}

function fault(status: number, body: unknown): ApiError {
  if (isProblem(body)) {
    return new ApiError(status, body.code, body.message, body.details as Record<string, unknown> | null, body.help)
  }
  return new ApiError(status, `http_${status}`, {
    zh: `服务器返回 ${status}，请稍后重试；若一直如此，请联系系统管理员。`,
    en: `The server answered ${status}. Try again later; if it stays so, tell the administrator.`,
  })
}

/** The data of an answer; anything else is thrown as `ApiError`. */
export async function ask<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>
  try {
    answer = await call
  } catch {
    throw new ApiError(0, 'unreachable', UNREACHABLE)
  }
  if (!answer.response.ok) {
    if (answer.response.status === 401) onUnauthorized?.()
    throw fault(answer.response.status, answer.error)
  }
  return answer.data as T
}

/** Query without the entries that say nothing. */
export function given<T extends Record<string, unknown>>(query: T): T {
  return Object.fromEntries(Object.entries(query).filter(([, v]) => v !== undefined && v !== null && v !== '')) as T
}

/** A file the server makes. */
export async function download(path: string): Promise<Blob> {
  let response: Response
  try {
    response = await fetch(path, { credentials: 'same-origin' })
  } catch {
    throw new ApiError(0, 'unreachable', UNREACHABLE)
  }
  if (!response.ok) {
    if (response.status === 401) onUnauthorized?.()
    throw fault(response.status, await response.json().catch(() => null))
  }
  return response.blob()
}

/** Sends one file and tells how much of it is on its way, 0 to 1; `fetch` cannot. */
export function upload<T>(path: string, file: File, progress: (share: number) => void, stop?: AbortSignal): Promise<T> {
  const request = new XMLHttpRequest()
  const form = new FormData()
  form.append('file', file, file.name)
  return new Promise((resolve, reject) => {
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total)
    request.onload = () => {
      const body: unknown = parsed(request.responseText)
      if (request.status >= 200 && request.status < 300) resolve(body as T)
      else {
        if (request.status === 401) onUnauthorized?.()
        reject(fault(request.status, body))
      }
    }
    request.onerror = () => reject(new ApiError(0, 'unreachable', UNREACHABLE))
    request.onabort = () => reject(new ApiError(0, 'cancelled', { zh: '已取消上传。', en: 'The upload was cancelled.' }))
    stop?.addEventListener('abort', () => request.abort())
    request.open('POST', path)
    if (csrf !== null) request.setRequestHeader('X-CSRF-Token', csrf)
    request.send(form)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
