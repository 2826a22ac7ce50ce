import{Xa as e,Za as t}from"./chunk-YFHVTJRJ.js";function a(){return e(t,{title:"Teams",children:"\u2026"})}export{a as default};
