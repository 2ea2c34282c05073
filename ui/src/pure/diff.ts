// What differs between two lists of lines: the longest common subsequence, for header lists and bodies.

export type Line = { side: 'both' | 'left' | 'right'; text: string };

/** Longer lists are not compared line by line. */
const MOST = 2000;

export function diff(left: readonly string[], right: readonly string[]): Line[] {
  if (left.length > MOST || right.length > MOST) {
    return [
      ...left.map((text): Line => ({ side: 'left', text })),
      ...right.map((text): Line => ({ side: 'right', text })),
    ];
  }
  const width = right.length + 1;
  const lengths = new Uint16Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        left[i] === right[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
    }
  }
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length && j < right.length) {
    if (left[i] === right[j]) {
      lines.push({ side: 'both', text: left[i]! });
      i += 1;
      j += 1;
    } else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) {
      lines.push({ side: 'left', text: left[i]! });
      i += 1;
    } else {
      lines.push({ side: 'right', text: right[j]! });
      j += 1;
    }
  }
  for (; i < left.length; i += 1) lines.push({ side: 'left', text: left[i]! });
  for (; j < right.length; j += 1) lines.push({ side: 'right', text: right[j]! });
  return lines;
}
