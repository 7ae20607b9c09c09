/** Compiles an ES module to CommonJS for Jest; see jest.config.js. */
const ts = require('typescript');

module.exports = {
  process(source) {
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    return { code: outputText };
  },
};
