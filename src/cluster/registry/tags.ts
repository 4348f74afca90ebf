import type { PublicImage } from './catalogue.ts';

/** Words that tags of public images are made of, alone or around a version. */
const WORDS = /^(?:latest|stable|mainline|edge|lts|current|alpine|slim|perl|musl|glibc|uclibc|bookworm|bullseye|buster|trixie|sid|stretch|jammy|noble|focal|bionic|oracular|fpm|apache|cli|buildpack|deps|management|jre|jdk|headless|dev|distroless|debug|full|light|oraclelinux|fips|rc|rc\d+|beta\d*|alpha\d*|debian|ubuntu|ubi|ubi\d+|otel|linux|amd64|arm64|focal|iron|jod|krypton|php\d*|r\d+|contrib|windowsservercore|ltsc\d+|nanoserver|scratch|tini|nonroot|static|oss|community|enterprise|server|legacy|v\d+alpha\d*|alpine\d[\d.]*|debian-\d+|bci|main|master|nightly)$/;
const VERSION = /^v?(\d{1,4})(?:\.(\d{1,4}))?(?:\.(\d{1,6}))?(?:\.\d{1,6})?(?:_\d+)?(?:rc\d+|beta\d*|alpha\d*|b\d+)?$/;

/** Whether a public repository has such a tag: words that tags are made of, and versions up to the newest. */
export function hasTag(image: PublicImage, tag: string): boolean {
  const [first = '', ...rest] = tag.split('-');
  const version = VERSION.exec(first);
  if (version === null && !WORDS.test(first)) return false;
  if (version !== null && !isReleased(image, Number(version[1]), Number(version[2] ?? 0), Number(version[3] ?? 0))) return false;
  return rest.every((word) => WORDS.test(word) || VERSION.test(word));
}

function isReleased(image: PublicImage, major: number, minor: number, patch: number): boolean {
  // Some projects count in years: 2024.1 or 20240101.
  if (major >= 2_000 && major <= 2_030) return image.newest === 0 || image.newest >= 2_000;
  return (image.newest === 0 || major <= image.newest) && minor <= 99 && patch <= 9_999;
}
