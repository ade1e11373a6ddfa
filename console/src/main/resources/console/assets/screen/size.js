// SPDX-License-Identifier: Apache-2.0
// What kind of picture some bytes begin, and how large it is, without decoding it: what a run calls a picture may be none, or one of
// a size that no browser should try to hold.

/** `{type, width, height}` of a PNG, JPEG, GIF or WebP; null for all else. The beginning of a file is enough. */
export function pictureSize(bytes) {
    const size = png(bytes) ?? gif(bytes) ?? webp(bytes) ?? jpeg(bytes);
    return size && size.width > 0 && size.height > 0 ? size : null;
}

const text = (bytes, from, length) => String.fromCharCode(...bytes.subarray(from, from + length));
const triple = (bytes, at) => bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
const view = bytes => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function png(bytes) {
    if (bytes.length < 24 || text(bytes, 0, 8) !== '\x89PNG\r\n\x1a\n' || text(bytes, 12, 4) !== 'IHDR') return null;
    return {type: 'image/png', width: view(bytes).getUint32(16), height: view(bytes).getUint32(20)};
}

function gif(bytes) {
    if (bytes.length < 10 || !/^GIF8[79]a$/.test(text(bytes, 0, 6))) return null;
    return {type: 'image/gif', width: view(bytes).getUint16(6, true), height: view(bytes).getUint16(8, true)};
}

/** Lossy, lossless, or a container that says its size itself. */
function webp(bytes) {
    if (bytes.length < 30 || text(bytes, 0, 4) !== 'RIFF' || text(bytes, 8, 4) !== 'WEBP') return null;
    const type = 'image/webp';
    const at = view(bytes);
    switch (text(bytes, 12, 4)) {
        case 'VP8 ':
            return {type, width: at.getUint16(26, true) & 0x3fff, height: at.getUint16(28, true) & 0x3fff};
        case 'VP8L': {
            const bits = at.getUint32(21, true);
            return {type, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1};
        }
        case 'VP8X':
            return {type, width: 1 + triple(bytes, 24), height: 1 + triple(bytes, 27)};
        default:
            return null;
    }
}

/** The frame's header may stand behind colour profiles and previews. */
function jpeg(bytes) {
    if (bytes.length < 4 || bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
    const at = view(bytes);
    let place = 2;
    while (place + 9 <= bytes.length) {
        if (bytes[place] !== 0xff) return null;
        const marker = bytes[place + 1];
        const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
        if (isFrame) return {type: 'image/jpeg', width: at.getUint16(place + 7), height: at.getUint16(place + 5)};
        place += marker === 0xff ? 1 : 2 + Math.max(2, at.getUint16(place + 2));
    }
    return null;
}
