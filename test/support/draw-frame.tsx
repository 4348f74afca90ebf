import { renderToString, Text } from 'ink';
import type { Screen } from '../../src/drill/screen.ts';
import { frameMaker, type FrameInput } from '../../src/ui/compose.ts';
import { freshDesk } from '../../src/ui/desk.ts';
import { themeNamed } from '../../src/ui/theme.ts';

/** One frame as Ink puts it on a terminal, without colours unless asked for. */
export function drawFrame(screen: Screen, columns: number, rows: number, over: Partial<FrameInput> = {}): string {
  const input: FrameInput = { screen, desk: freshDesk(screen), size: { columns, rows }, pace: 1, trouble: null, ghost: '', theme: themeNamed('bare'), ...over };
  return renderToString(<Text wrap="truncate">{frameMaker()(input).rows.join('\n')}</Text>, { columns });
}
