/** Where the page of the side view comes from and what its content security policy allows. */
export interface PageSources {
  readonly cspSource: string;
  readonly scriptUri: string;
  readonly styleUri: string;
  readonly nonce: string;
}

/** The page as the extension builds it: nothing but our script and our style sheet with its font; no inline style, no image, no connection. */
export function sideViewHtml({ cspSource, scriptUri, styleUri, nonce }: PageSources): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}'; style-src ${cspSource}; font-src ${cspSource}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Bounded session</title>
<link rel="stylesheet" href="${styleUri}">
</head>
<body>
<main></main>
<script nonce="${nonce}" src="${scriptUri}"></script>
</body>
</html>
`;
}
