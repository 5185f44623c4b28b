import vue from 'eslint-plugin-vue';
import accessibility from 'eslint-plugin-vuejs-accessibility';
import ts from 'typescript-eslint';

const walls = (...patterns) => ['error', { patterns: patterns.map(([group, message]) => ({ group, message })) }];
const kit = [['element-plus', 'element-plus/*', '@element-plus/*', 'vant', 'vant/*', 'echarts', 'echarts/*'], 'No interface kit below the faces.'];
const faces = [['@/desk/*', '@/h5/*', '**/desk/**', '**/h5/**'], 'A floor never imports from the floor above.'];
const modules = [['@/modules/*', '@/modules/**', '**/modules/**'], 'Modules are not known here.'];

export default ts.config(
  { ignores: ['dist/**', 'node_modules/**', 'public/**'] },
  ...ts.configs.recommended,
  ...vue.configs['flat/recommended'],
  ...accessibility.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  {
    files: ['src/**/*.{ts,vue}'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', { max: 300 }],
      'no-console': 'error',
      'vue/multi-word-component-names': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, varsIgnorePattern: '^_' }],
      // A table drawn as cards loses its meaning for screen readers unless the roles are said.
      'vuejs-accessibility/no-redundant-roles': 'off',
      // Roving focus and active descendants put the tab stop where the rule does not look.
      'vuejs-accessibility/interactive-supports-focus': 'off',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/define-macros-order': 'error',
      'vue/no-v-html': 'error',
      'vue/require-default-prop': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': ['error', { html: { void: 'any', normal: 'any', component: 'always' } }],
      'vue/html-closing-bracket-newline': 'off',
      'vue/html-indent': 'off',
      'vue/first-attribute-linebreak': 'off',
      // Labels point at their control by id; nesting is not asked for as well.
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] }, controlComponents: ['ElInput'] }],
      'vuejs-accessibility/form-control-has-label': 'off',
      'vuejs-accessibility/no-static-element-interactions': 'off',
    },
  },
  {
    files: ['src/api/**'],
    rules: { 'no-restricted-imports': walls(kit, faces, modules, [['@/core/*'], 'The api floor knows only the contract.']) },
  },
  { files: ['src/core/**'], rules: { 'no-restricted-imports': walls(kit, faces, modules) } },
  {
    files: ['src/modules/**'],
    rules: { 'no-restricted-imports': walls(kit, faces, [['@/modules/*', '@/modules/**', '../*/**', '../../modules/**'], 'Modules do not import each other; what two need belongs in core.']) },
  },
  {
    files: ['src/h5/**'],
    rules: { 'no-restricted-imports': walls([['element-plus', 'element-plus/*', '@element-plus/*', 'echarts', 'echarts/*', 'vue-i18n', '@/desk/*', '**/desk/**'], 'The phone never imports the desk, nor what is too heavy for it.']) },
  },
  {
    files: ['src/desk/**'],
    rules: { 'no-restricted-imports': walls([['vant', 'vant/*', '@/h5/*'], 'The desk never imports the phone.']) },
  },
);
