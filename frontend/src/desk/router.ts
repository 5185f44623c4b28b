import { createRouter, createWebHistory } from 'vue-router';

import { i18n } from '@/core/i18n';
import { useSession } from '@/core/session-store';

import Missing from './pages/Missing.vue';

declare module 'vue-router' {
  interface RouteMeta {
    /** The permission without which the page would only be refused. */
    needs?: string;
    /** Key of the text of the page's title. */
    title: string;
    open?: boolean;
  }
}

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
  routes: [
    { path: '/sign-in', name: 'sign-in', component: () => import('./pages/SignIn.vue'), meta: { title: 'page.sign_in', open: true } },
    { path: '/', name: 'home', component: () => import('./pages/Home.vue'), meta: { title: 'page.home' } },
    {
      path: '/organizations',
      component: () => import('./pages/organization/OrganizationFrame.vue'),
      meta: { title: 'page.organizations', needs: 'organization:read' },
      children: [
        { path: '', name: 'organizations', component: () => import('./pages/organization/OrganizationHint.vue'), meta: { title: 'page.organizations', needs: 'organization:read' } },
        { path: ':id', name: 'organization', component: () => import('./pages/organization/OrganizationPage.vue'), meta: { title: 'page.organization', needs: 'organization:read' } },
      ],
    },
    { path: '/members', name: 'members', component: () => import('./pages/member/MemberList.vue'), meta: { title: 'page.members', needs: 'member:read' } },
    { path: '/members/:id', name: 'member', component: () => import('./pages/member/MemberPage.vue'), meta: { title: 'page.member', needs: 'member:read' } },
    { path: '/imports', name: 'imports', component: () => import('./pages/import/ImportStart.vue'), meta: { title: 'page.imports', needs: 'ledger:read' } },
    { path: '/imports/:id', name: 'import', component: () => import('./pages/import/ImportPage.vue'), meta: { title: 'page.import', needs: 'ledger:read' } },
    { path: '/decisions', name: 'decisions', component: () => import('./pages/decision/DecisionList.vue'), meta: { title: 'page.decisions', needs: 'decision:read' } },
    { path: '/decisions/board', name: 'board', component: () => import('./pages/decision/DecisionBoard.vue'), meta: { title: 'page.board', needs: 'decision:read' } },
    { path: '/decisions/new', name: 'new-decision', component: () => import('./pages/decision/NewDecision.vue'), meta: { title: 'page.new_decision', needs: 'decision:write' } },
    { path: '/decisions/:id', name: 'decision', component: () => import('./pages/decision/DecisionPage.vue'), meta: { title: 'page.decision', needs: 'decision:read' } },
    { path: '/procedures', name: 'procedures', component: () => import('./pages/procedure/ProcedureLibrary.vue'), meta: { title: 'page.procedures', needs: 'procedure:read' } },
    { path: '/:rest(.*)*', name: 'missing', component: Missing, meta: { title: 'page.missing', open: true } },
  ],
});

router.beforeEach((to) => {
  const session = useSession();
  if (session.me === null && !to.meta.open) return { name: 'sign-in', query: to.path === '/' ? {} : { then: to.fullPath } };
  return true;
});

router.afterEach((to) => {
  document.title = `${i18n.global.t(to.meta.title)} · ${i18n.global.t('product.name')}`;
});
