import { createRouter, createWebHistory, type Router } from 'vue-router'
import DonePage from './done/DonePage.vue'
import FollowPage from './follow/FollowPage.vue'
import HomePage from './home/HomePage.vue'
import MinePage from './mine/MinePage.vue'
import NearPage from './near/NearPage.vue'
import ReportPage from './report/ReportPage.vue'

/** Every page is in the first load, so that a network lost half-way loses no page; only the map comes when asked for. */
export function makeRouter(): Router {
  return createRouter({
    history: createWebHistory('/'),
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
    routes: [
      { path: '/', name: 'home', component: HomePage, meta: { tab: true } },
      { path: '/report', name: 'report', component: ReportPage },
      { path: '/report/done/:key', name: 'done', component: DonePage },
      { path: '/r/:number', name: 'follow', component: FollowPage },
      { path: '/near', name: 'near', component: NearPage, meta: { tab: true } },
      { path: '/mine', name: 'mine', component: MinePage, meta: { tab: true } },
      { path: '/:lost(.*)*', redirect: '/' },
    ],
  })
}
