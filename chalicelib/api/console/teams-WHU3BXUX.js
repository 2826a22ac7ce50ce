import{$a as t,Za as e}from"./chunk-PPOHRCTQ.js";function a(){return e(t,{title:"Teams",children:"\u2026"})}export{a as default};
