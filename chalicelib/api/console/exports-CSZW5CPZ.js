import{ob as t,qb as o}from"./chunk-3KI52WAX.js";function r(){return t(o,{title:"Exports",children:"\u2026"})}export{r as default};
