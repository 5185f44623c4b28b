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
    { path: '/accounts', name: 'accounts', component: () => import('./pages/account/AccountList.vue'), meta: { title: 'page.accounts', needs: 'account:read' } },
    { path: '/accounts/:id', name: 'account', component: () => import('./pages/account/AccountPage.vue'), meta: { title: 'page.account', needs: 'account:read' } },
    { path: '/partners', name: 'partners', component: () => import('./pages/partner/PartnerList.vue'), meta: { title: 'page.partners', needs: 'client:read' } },
    { path: '/partners/:id', name: 'partner', component: () => import('./pages/partner/PartnerPage.vue'), meta: { title: 'page.partner', needs: 'client:read' } },
    { path: '/away', name: 'away', component: () => import('./pages/account/AwayPage.vue'), meta: { title: 'page.away' } },
    { path: '/invitation', name: 'invitation', component: () => import('./pages/account/InvitationPage.vue'), meta: { title: 'page.invitation', open: true } },
    { path: '/imports', name: 'imports', component: () => import('./pages/import/ImportStart.vue'), meta: { title: 'page.imports', needs: 'ledger:read' } },
    { path: '/imports/:id', name: 'import', component: () => import('./pages/import/ImportPage.vue'), meta: { title: 'page.import', needs: 'ledger:read' } },
    { path: '/decisions', name: 'decisions', component: () => import('./pages/decision/DecisionList.vue'), meta: { title: 'page.decisions', needs: 'decision:read' } },
    { path: '/decisions/board', name: 'board', component: () => import('./pages/decision/DecisionBoard.vue'), meta: { title: 'page.board', needs: 'decision:read' } },
    { path: '/decisions/new', name: 'new-decision', component: () => import('./pages/decision/NewDecision.vue'), meta: { title: 'page.new_decision', needs: 'decision:write' } },
    { path: '/decisions/:id', name: 'decision', component: () => import('./pages/decision/DecisionPage.vue'), meta: { title: 'page.decision', needs: 'decision:read' } },
    { path: '/feedback', name: 'feedback', component: () => import('./pages/feedback/FeedbackInbox.vue'), meta: { title: 'page.feedback', needs: 'feedback:read' } },
    { path: '/feedback/new', name: 'new-feedback', component: () => import('./pages/feedback/FeedbackEntry.vue'), meta: { title: 'page.new_feedback', needs: 'feedback:write' } },
    { path: '/feedback/boxes', name: 'feedback-boxes', component: () => import('./pages/feedback/BoxOpenings.vue'), meta: { title: 'page.feedback_boxes', needs: 'feedback:write' } },
    { path: '/feedback/batches', name: 'feedback-batches', component: () => import('./pages/feedback/PosterBatches.vue'), meta: { title: 'page.feedback_batches', needs: 'poster:write' } },
    { path: '/feedback/sealed', name: 'sealed', component: () => import('./pages/feedback/SealedReports.vue'), meta: { title: 'page.sealed', needs: 'feedback:seal' } },
    { path: '/feedback/:id', name: 'feedback-card', component: () => import('./pages/feedback/FeedbackPage.vue'), meta: { title: 'page.feedback_card', needs: 'feedback:read' } },
    { path: '/rectifications', name: 'rectifications', component: () => import('./pages/rectification/RectificationList.vue'), meta: { title: 'page.rectifications', needs: 'rectification:read' } },
    { path: '/rectifications/board', name: 'rectification-board', component: () => import('./pages/rectification/RectificationBoard.vue'), meta: { title: 'page.rectification_board', needs: 'rectification:read' } },
    { path: '/rectifications/new', name: 'new-rectification', component: () => import('./pages/rectification/NewRectification.vue'), meta: { title: 'page.new_rectification', needs: 'rectification:write' } },
    { path: '/rectifications/:id', name: 'rectification', component: () => import('./pages/rectification/RectificationPage.vue'), meta: { title: 'page.rectification', needs: 'rectification:read' } },
    { path: '/notices', name: 'notices', component: () => import('./pages/notice/NoticeInbox.vue'), meta: { title: 'page.notices', needs: 'notice:read' } },
    { path: '/mappings', name: 'mappings', component: () => import('./pages/mapping/MappingPage.vue'), meta: { title: 'page.mappings', needs: 'mapping:read' } },
    { path: '/figures', name: 'figures', component: () => import('./pages/figure/FiguresPage.vue'), meta: { title: 'page.figures', needs: 'figure:read' } },
    { path: '/security', name: 'security', component: () => import('./pages/security/SecurityPage.vue'), meta: { title: 'page.security' } },
    { path: '/audit', name: 'audit', component: () => import('./pages/audit/AuditLog.vue'), meta: { title: 'page.audit', needs: 'audit:read' } },
    { path: '/audit/reads', name: 'audit-reads', component: () => import('./pages/audit/AuditLog.vue'), props: { sensitive: true }, meta: { title: 'page.audit_reads', needs: 'audit:read' } },
    { path: '/audit/seals', name: 'audit-seals', component: () => import('./pages/audit/AuditSeals.vue'), meta: { title: 'page.audit_seals', needs: 'audit:read' } },
    { path: '/procedures', name: 'procedures', component: () => import('./pages/procedure/ProcedureLibrary.vue'), meta: { title: 'page.procedures', needs: 'procedure:read' } },
    { path: '/personal-data', name: 'personal-data', component: () => import('./pages/personal-data/PersonalDataPage.vue'), meta: { title: 'page.personal_data' } },
    { path: '/:rest(.*)*', name: 'missing', component: Missing, meta: { title: 'page.missing', open: true } },
  ],
});

router.beforeEach((to) => {
  const session = useSession();
  if (session.me === null && !to.meta.open) return { name: 'sign-in', query: to.path === '/' ? {} : { then: to.fullPath } };
  // A password or a second step is due: until then every other page would only be refused.
  if (session.me?.due && to.name !== 'security' && !to.meta.open) return { name: 'security' };
  return true;
});

router.afterEach((to) => {
  document.title = `${i18n.global.t(to.meta.title)} · ${i18n.global.t('product.name')}`;
});
