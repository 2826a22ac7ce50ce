import{$a as e,Za as t}from"./chunk-PPOHRCTQ.js";function n(){return t(e,{title:"Integrations",children:"\u2026"})}export{n as default};
