export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

export function isAlphanumeric(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39)
}

export function isHex(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66) || (code >= 0x41 && code <= 0x46)
}

/** Letters of other scripts are part of words too. */
export function isWord(code: number): boolean {
  return (
    isAlphanumeric(code) || code === 0x5f || (code >= 0xc0 && code !== 0xd7 && code !== 0xf7 && isOtherLetter(code))
  )
}

function isOtherLetter(code: number): boolean {
  return /[\p{L}\p{N}]/u.test(String.fromCharCode(code))
}
