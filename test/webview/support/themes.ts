/** A colour theme as VS Code hands it to a webview: the class of the body and the values of the variables `--vscode-…`. Colours that a theme leaves out have no variable. */
export interface Theme {
  readonly name: string;
  readonly bodyClass: string;
  readonly colors: Readonly<Record<string, string>>;
}

const dark: Theme = {
  name: 'dark',
  bodyClass: 'vscode-dark',
  colors: {
    foreground: '#cccccc', descriptionForeground: '#9d9d9d', disabledForeground: '#cccccc80', 'icon-foreground': '#c5c5c5', focusBorder: '#0078d4',
    'sideBar-background': '#181818', 'sideBarSectionHeader-border': '#2b2b2b', 'sideBarSectionHeader-foreground': '#cccccc', 'panel-border': '#2b2b2b',
    'statusBarItem-warningBackground': '#7a6400', 'statusBarItem-warningForeground': '#ffffff',
    'testing-iconPassed': '#73c991', 'testing-iconFailed': '#f14c4c', 'editorWarning-foreground': '#cca700', 'toolbar-hoverBackground': '#5a5d5e50',
    'editorWidget-background': '#202020', 'editorWidget-border': '#313131', 'textLink-foreground': '#4daafc', 'textCodeBlock-background': '#2b2b2b',
    'button-background': '#0078d4', 'button-foreground': '#ffffff', 'button-hoverBackground': '#026ec1', 'button-border': '#ffffff12',
    'button-secondaryBackground': '#313131', 'button-secondaryForeground': '#cccccc', 'button-secondaryHoverBackground': '#3c3c3c',
    'tree-indentGuidesStroke': '#585858', 'progressBar-background': '#0078d4',
    'gitDecoration-addedResourceForeground': '#81b88b', 'gitDecoration-deletedResourceForeground': '#c74e39',
  },
};

const light: Theme = {
  name: 'light',
  bodyClass: 'vscode-light',
  colors: {
    foreground: '#3b3b3b', descriptionForeground: '#616161', disabledForeground: '#61616180', 'icon-foreground': '#3b3b3b', focusBorder: '#005fb8',
    'sideBar-background': '#f8f8f8', 'sideBarSectionHeader-border': '#e5e5e5', 'sideBarSectionHeader-foreground': '#3b3b3b', 'panel-border': '#e5e5e5',
    'statusBarItem-warningBackground': '#725102', 'statusBarItem-warningForeground': '#ffffff',
    'testing-iconPassed': '#2d8a56', 'testing-iconFailed': '#d0312d', 'editorWarning-foreground': '#9a6a00', 'toolbar-hoverBackground': '#b8b8b850',
    'editorWidget-background': '#ffffff', 'editorWidget-border': '#e0e0e0', 'textLink-foreground': '#005fb8', 'textCodeBlock-background': '#ebebeb',
    'button-background': '#005fb8', 'button-foreground': '#ffffff', 'button-hoverBackground': '#0258a8', 'button-border': '#0000001a',
    'button-secondaryBackground': '#e5e5e5', 'button-secondaryForeground': '#3b3b3b', 'button-secondaryHoverBackground': '#cccccc',
    'tree-indentGuidesStroke': '#a9a9a9', 'progressBar-background': '#005fb8',
    'gitDecoration-addedResourceForeground': '#587c0c', 'gitDecoration-deletedResourceForeground': '#ad0707',
  },
};

const highContrastDark: Theme = {
  name: 'high-contrast-dark',
  bodyClass: 'vscode-high-contrast',
  colors: {
    contrastBorder: '#6fc3df', contrastActiveBorder: '#f38518', foreground: '#ffffff', descriptionForeground: '#ffffffb3', disabledForeground: '#a5a5a5', 'icon-foreground': '#ffffff', focusBorder: '#f38518',
    'sideBar-background': '#000000', 'sideBarSectionHeader-border': '#6fc3df', 'sideBarSectionHeader-foreground': '#ffffff', 'panel-border': '#6fc3df',
    'statusBarItem-warningForeground': '#ffffff',
    'testing-iconPassed': '#73c991', 'testing-iconFailed': '#f14c4c', 'editorWarning-foreground': '#ffd370',
    'editorWidget-background': '#0c141f', 'editorWidget-border': '#6fc3df', 'textLink-foreground': '#21a6ff', 'textCodeBlock-background': '#000000',
    'button-foreground': '#ffffff', 'button-border': '#6fc3df', 'button-secondaryForeground': '#ffffff',
    'tree-indentGuidesStroke': '#a9a9a9', 'progressBar-background': '#6fc3df',
    'gitDecoration-addedResourceForeground': '#a1e3ad', 'gitDecoration-deletedResourceForeground': '#c74e39',
  },
};

const highContrastLight: Theme = {
  name: 'high-contrast-light',
  bodyClass: 'vscode-high-contrast-light vscode-high-contrast',
  colors: {
    contrastBorder: '#0f4a85', contrastActiveBorder: '#006bbd', foreground: '#292929', descriptionForeground: '#292929b3', disabledForeground: '#7f7f7f', 'icon-foreground': '#292929', focusBorder: '#006bbd',
    'sideBar-background': '#ffffff', 'sideBarSectionHeader-border': '#0f4a85', 'sideBarSectionHeader-foreground': '#292929', 'panel-border': '#0f4a85',
    'statusBarItem-warningBackground': '#895503', 'statusBarItem-warningForeground': '#ffffff',
    'testing-iconPassed': '#007100', 'testing-iconFailed': '#b5200d', 'editorWarning-foreground': '#895503',
    'editorWidget-background': '#ffffff', 'editorWidget-border': '#0f4a85', 'textLink-foreground': '#0f4a85', 'textCodeBlock-background': '#f2f2f2',
    'button-background': '#0f4a85', 'button-foreground': '#ffffff', 'button-hoverBackground': '#0f4a85', 'button-border': '#0f4a85',
    'button-secondaryBackground': '#ffffff', 'button-secondaryForeground': '#292929',
    'tree-indentGuidesStroke': '#a5a5a5', 'progressBar-background': '#0f4a85',
    'gitDecoration-addedResourceForeground': '#374e06', 'gitDecoration-deletedResourceForeground': '#ad0707',
  },
};

/** Newer default themes with paler signs: they guard the contrast of words against what the four main themes let through. */
const dark2026: Theme = {
  name: 'dark-2026',
  bodyClass: 'vscode-dark',
  colors: {
    ...dark.colors, foreground: '#bfbfbf', descriptionForeground: '#8c8c8c', 'icon-foreground': '#8c8c8c', focusBorder: '#3994bcb3', 'sideBar-background': '#191a1b', 'panel-border': '#2a2b2c',
    'sideBarSectionHeader-border': '#2a2b2c', 'sideBarSectionHeader-foreground': '#bfbfbf', 'editorWidget-background': '#202122', 'editorWidget-border': '#2a2b2c', 'textLink-foreground': '#48a0c7',
    'textCodeBlock-background': '#242526', 'button-background': '#297aa0', 'button-border': '#333536', 'progressBar-background': '#878889',
    'gitDecoration-addedResourceForeground': '#73c991', 'gitDecoration-deletedResourceForeground': '#f48771',
  },
};

const light2026: Theme = {
  name: 'light-2026',
  bodyClass: 'vscode-light',
  colors: {
    ...light.colors, foreground: '#202020', descriptionForeground: '#606060', 'icon-foreground': '#606060', focusBorder: '#0069cc', 'sideBar-background': '#fafafd', 'panel-border': '#f0f1f2',
    'sideBarSectionHeader-border': '#f0f1f2', 'sideBarSectionHeader-foreground': '#202020', 'editorWidget-background': '#fafafd', 'editorWidget-border': '#e4e5e6', 'textLink-foreground': '#0069cc',
    'textCodeBlock-background': '#eaeaea', 'button-background': '#0069cc', 'button-secondaryBackground': '#eaeaea', 'button-secondaryForeground': '#202020', 'progressBar-background': '#0069cc',
    'testing-iconPassed': '#73c991', 'testing-iconFailed': '#f14c4c', 'editorWarning-foreground': '#bf8803',
  },
};

/** The themes of the pictures. */
export const mainThemes: readonly Theme[] = [dark, light, highContrastDark, highContrastLight];

export const allThemes: readonly Theme[] = [...mainThemes, dark2026, light2026];
